import { readFileSync, readSync } from 'node:fs'
import { usageFailure } from './failure.ts'

const pieceBytes = 64 * 1024
// Whoever writes into the pipe may take their time; asking a hundred times a second costs nothing.
const waitMs = 10

/** What a file holds as text, `-` being stdin. Throws a usage Failure. */
export function readTextFile(file: string, maxBytes: number): string {
  try {
    const bytes = file === '-' ? readStdin(maxBytes) : readFileSync(file)
    if (bytes.length <= maxBytes) return bytes.toString('utf8')
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause)) throw cause
    throw usageFailure(`${file} cannot be read (${cause.code}).`)
  }
  throw usageFailure(`${file} is larger than ${maxBytes / 1024 / 1024} MiB.`)
}

/** All of stdin, at most a piece more than `maxBytes`. A pipe may be set not to wait: then we do. */
function readStdin(maxBytes: number): Buffer {
  const pieces: Buffer[] = []
  for (let length = 0; length <= maxBytes; ) {
    const piece = Buffer.allocUnsafe(pieceBytes)
    const count = readPiece(piece)
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
function readPiece(piece: Buffer): number | undefined {
  try {
    return readSync(0, piece)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EAGAIN') return undefined
    // Windows says so of a pipe that was closed.
    if (code === 'EOF') return 0
    throw cause
  }
}
