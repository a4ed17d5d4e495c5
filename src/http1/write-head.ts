import { STATUS_CODES } from 'node:http'
import { fieldValuePattern, type RawHeaders, tokenPattern } from '../http/headers.ts'
import { isReason } from './reason.ts'

/**
 * The status line with its reason, or with the one everybody uses (RFC 9112 §4). Throws a TypeError for a reason that would
 * be more than that.
 */
export function statusLine(status: number, reason?: string): string {
  if (reason !== undefined) {
    if (!isReason(reason)) throw new TypeError('a reason that cannot be written')
    return `HTTP/1.1 ${status} ${reason}\r\n`
  }
  return statusLines.get(status) ?? `HTTP/1.1 ${status} \r\n`
}

const statusLines: ReadonlyMap<number, string> = new Map(
  Object.entries(STATUS_CODES).map(([status, reason]) => [
    Number(status),
    `HTTP/1.1 ${status} ${reason}\r\n`,
  ]),
)

/**
 * The fields as lines, in their order and case, without the empty line. Throws a TypeError for a name or value that would
 * be more than one field (RFC 9112 §11.1).
 */
export function fieldLines(headers: RawHeaders): string {
  let text = ''
  for (let i = 0; i < headers.length; i += 2) {
    text += fieldLine(headers[i] as string, headers[i + 1] as string)
  }
  return text
}

/** One field as a line. Throws as `fieldLines` does. */
export function fieldLine(name: string, value: string): string {
  if (!fieldValuePattern.test(value) || !tokenPattern.test(name)) {
    throw new TypeError('a field that cannot be written')
  }
  return `${name}: ${value}\r\n`
}

/** What stands before `bytes` bytes of content; a line end stands behind them (RFC 9112 §7.1). */
export function chunkStart(bytes: number): string {
  return `${bytes.toString(16)}\r\n`
}

/** What ends a chunked body. Throws as `fieldLines` does. */
export function lastChunk(trailers: RawHeaders): string {
  return trailers.length === 0 ? '0\r\n\r\n' : `0\r\n${fieldLines(trailers)}\r\n`
}
