import { isUtf8 } from 'node:buffer'
import { closeSync, openSync, readSync } from 'node:fs'
import { TextDecoder } from 'node:util'
import { usageFailure } from './failure.ts'

const pieceBytes = 64 * 1024
const stdinFd = 0
// Whoever writes into the pipe may take their time; asking a hundred times a second costs nothing.
const waitMs = 10

/**
 * What a file, pipe or device holds as text, `-` being stdin: UTF-8, or UTF-16 where its first bytes say so. No more than
 * `maxBytes` is read of it. Throws a usage Failure.
 */
export function readTextFile(file: string, maxBytes: number): string {
  const bytes = readAtMost(file, maxBytes + 1)
  if (bytes.length > maxBytes) {
    throw usageFailure(`${file} is larger than ${maxBytes / 1024 / 1024} MiB.`)
  }
  return decode(file === '-' ? 'stdin' : file, bytes)
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by this user',
  ELOOP: 'is a link that leads to itself',
}

/** What kept a file from being read. */
export function unreadable(file: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause
  const reason = reasons[String(cause.code)] ?? `cannot be read (${cause.code})`
  return usageFailure(`${file} ${reason}.`)
}

function readAtMost(file: string, maxBytes: number): Buffer {
  let fd: number | undefined
  try {
    fd = file === '-' ? stdinFd : openSync(file, 'r')
    return readPieces(fd, maxBytes)
  } catch (cause) {
    throw unreadable(file, cause)
  } finally {
    if (fd !== undefined && fd !== stdinFd) closeSync(fd)
  }
}

/** A pipe may be set not to wait: then we do. */
function readPieces(fd: number, maxBytes: number): Buffer {
  const pieces: Buffer[] = []
  for (let length = 0; length < maxBytes; ) {
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, maxBytes - length))
    const count = readPiece(fd, piece)
    if (count === 0) break
    if (count === undefined) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs)
      continue
    }
    pieces.push(piece.subarray(0, count))
    length += count
  }
  return Buffer.concat(pieces)
}

/** How many bytes came; undefined when there are none yet. */
function readPiece(fd: number, piece: Buffer): number | undefined {
  try {
    return readSync(fd, piece)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EAGAIN') return undefined
    // Windows says so of a pipe that was closed.
    if (code === 'EOF') return 0
    throw cause
  }
}

// Windows PowerShell 5 writes UTF-16 where somebody says `>`.
const marks = [
  ['utf-16le', 0xff, 0xfe],
  ['utf-16be', 0xfe, 0xff],
] as const

/** The text without the mark of its encoding. Throws a usage Failure that says where it is none. */
function decode(name: string, bytes: Buffer): string {
  const [encoding = 'utf-8'] =
    marks.find(([, ...mark]) => mark.every((byte, at) => bytes[at] === byte)) ?? []
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    if (encoding !== 'utf-8') throw usageFailure(`${name} begins as ${encoding} and is none.`)
    const good = wholeCharacters(bytes)
    const lines = good.split('\n')
    const place = `${name}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`
    throw usageFailure(`${place} is no UTF-8: save the file as UTF-8, and try again.`)
  }
}

/** The text up to the first byte that is none, found by halves. */
function wholeCharacters(bytes: Buffer): string {
  // A character cut in two is no fault: it has four bytes at most.
  const goodUpTo = (end: number) =>
    [0, 1, 2, 3].find((less) => isUtf8(bytes.subarray(0, end - less)))
  let [good, bad] = [0, bytes.length + 1]
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    if (goodUpTo(middle) === undefined) bad = middle
    else good = middle
  }
  return bytes.subarray(0, good - (goodUpTo(good) ?? 0)).toString('utf8')
}
