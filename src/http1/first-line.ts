import { tokenBytes, valueBytes } from '../http/bytes.ts'
import { badByte, carriageReturn, lineFeed, space, targetBytes } from './bytes.ts'
import { messageLimits } from './limits.ts'
import type { MessageProblem } from './problem.ts'

/** Where the parts of a request line stand. */
export interface RequestLine {
  readonly methodEnd: number
  readonly targetStart: number
  readonly targetEnd: number
  readonly minor: 0 | 1
  /** Where the fields begin. */
  readonly next: number
}

/** Where the parts of a status line stand. */
export interface StatusLine {
  readonly status: number
  readonly minor: 0 | 1
  readonly next: number
}

const versionBytes = 'HTTP/1.1'.length
const [zero, nine] = [0x30, 0x39]
const httpName = Buffer.from('HTTP/')

/** The request line that begins at `start`: method, one space, target, one space, version (RFC 9112 §3). */
export function readRequestLine(bytes: Buffer, start: number): RequestLine | MessageProblem {
  let at = start
  while (tokenBytes[bytes[at] as number] === 1) at++
  const methodEnd = at
  if (methodEnd - start > messageLimits.methodBytes) return 'method-too-long'
  if (methodEnd === start || bytes[at] !== space) return lineProblem(bytes, at)
  const targetStart = ++at
  while (targetBytes[bytes[at] as number] === 1) at++
  const targetEnd = at
  if (targetEnd - targetStart > messageLimits.targetBytes) return 'target-too-long'
  if (targetEnd === targetStart || bytes[at] !== space) return lineProblem(bytes, at)
  const minor = readVersion(bytes, ++at)
  if (typeof minor === 'string') return minor
  at += versionBytes
  if (bytes[at] !== carriageReturn || bytes[at + 1] !== lineFeed) {
    return lineProblem(bytes, at)
  }
  return { methodEnd, targetStart, targetEnd, minor, next: at + 2 }
}

/** The status line that begins at `start`; its reason may be empty or missing (RFC 9112 §4). */
export function readStatusLine(bytes: Buffer, start: number): StatusLine | MessageProblem {
  const minor = readVersion(bytes, start)
  if (typeof minor === 'string') return minor
  let at = start + versionBytes
  if (bytes[at] !== space) return lineProblem(bytes, at)
  const status = readStatus(bytes, ++at)
  at += 3
  if (status < 100 || (bytes[at] !== space && bytes[at] !== carriageReturn)) {
    return lineProblem(bytes, at)
  }
  while (valueBytes[bytes[at] as number] === 1) at++
  if (bytes[at] !== carriageReturn || bytes[at + 1] !== lineFeed) {
    return lineProblem(bytes, at)
  }
  return { status, minor, next: at + 2 }
}

/** 0 or 1 for `HTTP/1.0` and `HTTP/1.1`, in capitals (RFC 9112 §2.3). */
function readVersion(bytes: Buffer, at: number): 0 | 1 | MessageProblem {
  for (let i = 0; i < httpName.length; i++) {
    if (bytes[at + i] !== httpName[i]) return lineProblem(bytes, at + i)
  }
  const [major, dot, minor] = [bytes[at + 5], bytes[at + 6], bytes[at + 7]]
  if (!isDigit(major) || dot !== 0x2e || !isDigit(minor)) {
    return lineProblem(bytes, at + 5)
  }
  if (major !== 0x31 || (minor !== 0x30 && minor !== 0x31)) return 'protocol-version'
  return minor === 0x30 ? 0 : 1
}

/** The three digits at `at` as a number; 0 when they are none. */
function readStatus(bytes: Buffer, at: number): number {
  let status = 0
  for (let i = at; i < at + 3; i++) {
    if (!isDigit(bytes[i])) return 0
    status = status * 10 + (bytes[i] as number) - zero
  }
  return status
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine
}

function lineProblem(bytes: Buffer, at: number): MessageProblem {
  const byte = bytes[at]
  if (byte === undefined || valueBytes[byte] === 1) return 'first-line'
  return byte === carriageReturn && bytes[at + 1] === lineFeed
    ? 'first-line'
    : badByte(byte, bytes[at + 1])
}
