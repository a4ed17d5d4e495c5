import { fieldValues, listMembers, type RawHeaders, withoutFields } from './headers.ts'

/** Fields that belong to one hop only, besides those that Connection names (RFC 9110 §7.6.1). */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

// RFC 9110 §7.6.1 forbids naming fields meant for all recipients. Peers fell to messages that did so all the same,
// therefore Connection may not take away what frames, routes, authenticates or describes the message.
const neverNominated =
  /^(?:host|cookie|set-cookie|authorization|origin|cache-control|forwarded|content-.*|sec-.*|access-control-.*|x-.*)$/

/** The lower-case names that a Connection field takes away besides the well-known ones; undefined for none. */
export function nominatedFields(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || usualConnection.test(connection)) return undefined
  const names = listMembers([connection]).map((name) => name.toLowerCase())
  return new Set(names.filter((name) => !neverNominated.test(name)))
}

const usualConnection = /^(?:keep-alive|close|upgrade)$/i

/** End-to-end fields only, in order. */
export function withoutHopByHop(headers: RawHeaders): string[] {
  const connection = fieldValues(headers, 'connection')
  const nominated = connection.length === 0 ? undefined : nominatedFields(connection.join(','))
  return withoutFields(headers, (name) => hopByHop.has(name) || nominated?.has(name) === true)
}
