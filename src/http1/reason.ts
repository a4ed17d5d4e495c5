import { STATUS_CODES } from 'node:http'

/** A longer one is not passed on; the registered ones have up to 31 characters. */
export const reasonBytesMax = 256

const reasonStart = 'HTTP/1.1 200 '.length

/**
 * The reason in a status line that stands at the start of `text` and ends before `end`; undefined when it is empty, the
 * one everybody uses, or longer than is passed on. The usual one costs no string.
 */
export function unusualReason(status: number, text: string, end: number): string | undefined {
  const length = end - reasonStart
  if (length <= 0 || length > reasonBytesMax) return undefined
  const usual = STATUS_CODES[status]
  if (usual?.length === length && text.startsWith(usual, reasonStart)) return undefined
  return text.slice(reasonStart, end)
}

/** What a status line may hold as its reason (RFC 9112 §4). */
export function isReason(text: string): boolean {
  return text.length <= reasonBytesMax && reasonPattern.test(text)
}

const reasonPattern = /^[\t\x20-\x7e\x80-\xff]+$/
