import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sendJson } from './app.ts'

// More than anybody waits for on one machine, and still a safe integer.
const downloadMaxBytes = 1024 ** 4
const defaultBytes = 1_000_000

// Byte number n of every download is n mod 256, so any part can be checked on its own.
const pattern = Buffer.alloc(
  65_536,
  Uint8Array.from({ length: 256 }, (_, index) => index),
)

/** Streams `?bytes=` bytes of a fixed pattern; honours one byte range (RFC 9110 §14.2). */
export async function sendDownload(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const size = Math.min(Number(url.searchParams.get('bytes') ?? defaultBytes), downloadMaxBytes)
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`bytes=${size}`)
  const range = parseRange(request.headers.range, size)
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end()
    return
  }
  const { start, end } = range ?? { start: 0, end: size }
  response.writeHead(range ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': end - start,
    'accept-ranges': 'bytes',
    ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
  })
  if (request.method === 'HEAD') response.end()
  else await deliver(response, start, end)
}

/** `end` is exclusive. One range only; any other Range field is ignored, as a server may. */
function parseRange(field: string | undefined, size: number) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(field ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const [first, last] = [match[1] ?? '', match[2] ?? '']
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size)
  return start >= end ? 'unsatisfiable' : { start, end }
}

async function deliver(response: ServerResponse, start: number, end: number): Promise<void> {
  try {
    await pipeline(Readable.from(chunks(start, end), { objectMode: false }), response)
  } catch (error) {
    // The caller went away in the middle: its good right, and nobody is left to tell.
    if (!response.destroyed) throw error
  }
}

function* chunks(start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; ) {
    const phase = at % 256
    const chunk = pattern.subarray(phase, Math.min(pattern.length, phase + end - at))
    yield chunk
    at += chunk.length
  }
}

/** Reads a body of any size and tells its length and SHA-256. */
export async function receiveUpload(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    hash.update(chunk)
  }
  sendJson(response, 200, { bytes, sha256: hash.digest('hex') })
}
