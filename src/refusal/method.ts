import { tokenPattern } from '../http/headers.ts'
import type { Malformed } from './refusals.ts'

// Fetch writes these in capitals whatever a page says, so no browser sends them in any other way.
const normalised: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])
// Bytes of a body with the next request right behind, where somebody took the body to be shorter than it was.
const leftover = /[^_-](?:DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)$/

/** Methods are case-sensitive tokens (RFC 9110 §9.1), and most of them are the application's business. */
export function methodProblem(method: string, maxBytes: number): Malformed | undefined {
  if (normalised.has(method)) return undefined
  if (method.length > maxBytes || !tokenPattern.test(method)) return refused(501)
  if (method === 'CONNECT' || method === 'TRACE' || method === 'TRACK') {
    return refused(405)
  }
  if (normalised.has(method.toUpperCase())) return refused(501)
  return leftover.test(method) ? refused(400) : undefined
}

function refused(status: Malformed['status']): Malformed {
  return { status, because: 'method' }
}
