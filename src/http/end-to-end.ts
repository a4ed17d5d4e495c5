import { fieldValuePattern, type RawHeaders, tokenPattern } from './headers.ts'
import { hopByHop, nominatedFields } from './hop.ts'
import { NameMemory } from './name-memory.ts'

type Kind = 'plain' | 'hop' | 'length' | 'cookie'

const names = new NameMemory<Kind>((written) => {
  const name = written.toLowerCase()
  if (hopByHop.has(name)) return 'hop'
  if (name === 'content-length') return 'length'
  return name === 'set-cookie' ? 'cookie' : 'plain'
})

/** The fields of an answer that are meant for its client, in order. `connection` is the value of that field. */
export function endToEnd(
  status: number,
  headers: RawHeaders,
  connection: string | undefined,
): RawHeaders {
  const nominated = nominatedFields(connection)
  const interim = status < 200
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const kind = names.meaningOf(name)
    if (kind === 'hop' || nominated?.has(name.toLowerCase())) continue
    // RFC 9110 §8.6: 1xx and 204 have no Content-Length.
    if (kind === 'length' && (interim || status === 204)) continue
    // A hint is no answer: whoever sets a cookie must have answered, as a 101 does (RFC 6455 §4.1).
    if (kind === 'cookie' && interim && status !== 101) continue
    kept.push(name, headers[i + 1] as string)
  }
  return kept
}

/** RFC 9110 §6.5.1: what frames, routes, authenticates or describes the body does not belong in trailers. */
const neverTrailer: ReadonlySet<string> = new Set([
  ...hopByHop,
  'trailer',
  'host',
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'set-cookie',
  'authorization',
  'cookie',
  'forwarded',
  'location',
  'cache-control',
])

const noTrailers: RawHeaders = []

/**
 * The trailers that may be sent on, in either direction; none when they are malformed, since the message itself is whole.
 */
export function passableTrailers(trailers: RawHeaders): RawHeaders {
  if (trailers.length === 0) return noTrailers
  const kept: string[] = []
  for (let i = 0; i < trailers.length; i += 2) {
    const name = trailers[i] as string
    const value = trailers[i + 1] as string
    if (!tokenPattern.test(name) || !fieldValuePattern.test(value)) return noTrailers
    if (!neverTrailer.has(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}
