import type { Duplex } from 'node:stream'
import { type EdgeAddress, formatAddress } from '../tunnel/carrier.ts'

export interface HttpAnswer {
  readonly status: number
  /** Milliseconds since 1970; undefined where it was not said. */
  readonly dateMs: number | undefined
  readonly sentBytes: number
  readonly receivedBytes: number
}

/** More than any description of the API has. */
const answerMaxBytes = 4 * 1024 * 1024

/** Asks for a path once, with a field of `paddingBytes` that makes the request large, and reads the answer whole. */
export function askHttp(
  stream: Duplex,
  address: EdgeAddress,
  path: string,
  paddingBytes: number,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${formatAddress(address)}`,
    ...(paddingBytes > 0 ? [`Sallyport-Padding: ${'x'.repeat(paddingBytes)}`] : []),
    'Connection: close',
  ]
  const request = `${lines.join('\r\n')}\r\n\r\n`
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const abort = (): void => fail(signal.reason)
    function settle(): void {
      signal.removeEventListener('abort', abort)
      stream.off('data', read).off('end', finish).off('close', finish)
      stream.destroy()
    }
    function fail(error: unknown): void {
      settle()
      reject(error)
    }
    function finish(): void {
      const answer = readAnswer(received, request.length)
      if (answer) {
        settle()
        resolve(answer)
      } else fail(new Error('the connection was closed before the answer was there'))
    }
    function read(piece: Buffer): void {
      received = Buffer.concat([received, piece])
      if (isWhole(received) || received.length > answerMaxBytes) finish()
    }
    stream.on('error', fail).on('data', read).on('end', finish).on('close', finish)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    else stream.write(request)
  })
}

function headOf(received: Buffer): { readonly text: string; readonly end: number } | undefined {
  const end = received.indexOf('\r\n\r\n')
  return end < 0 ? undefined : { text: received.toString('latin1', 0, end), end: end + 4 }
}

function isWhole(received: Buffer): boolean {
  const head = headOf(received)
  const length = head && /^content-length:[ \t]*([0-9]+)/im.exec(head.text)?.[1]
  return head !== undefined && length !== undefined && received.length >= head.end + Number(length)
}

function readAnswer(received: Buffer, sentBytes: number): HttpAnswer | undefined {
  const head = headOf(received)
  const status = Number(/^HTTP\/1\.[01] ([0-9]{3})/.exec(head?.text ?? '')?.[1])
  if (!head || Number.isNaN(status)) return undefined
  const date = Date.parse(/^date:[ \t]*(.+)$/im.exec(head.text)?.[1] ?? '')
  return {
    ...{ status, sentBytes, receivedBytes: received.length },
    dateMs: Number.isNaN(date) ? undefined : date,
  }
}
