import { randomBytes } from 'node:crypto'
import { bindsConnection } from '../http/connection-credentials.ts'
import { fieldValue, type RawHeaders } from '../http/headers.ts'
import type { Link } from '../tunnel/edge-end.ts'

/** A client's connection on which somebody has shown credentials that count for all of it. */
export interface ClientBinding {
  /** For connectors, which serve several edges. */
  readonly name: string
  /** The way to the connector that holds what the credentials opened. */
  link: Link | undefined
}

const processName = randomBytes(9).toString('base64url')
let count = 0

// By connection, then by session: one person may leave it to another without closing it.
const bindings = new WeakMap<object, Map<string, ClientBinding>>()

/** The binding of a request, made when its credentials ask for one; undefined for nearly all connections. */
export function bindingOf(
  connection: object,
  sessionId: string,
  headers: RawHeaders,
): ClientBinding | undefined {
  const known = bindings.get(connection)
  const found = known?.get(sessionId)
  if (found) return found
  const credentials = fieldValue(headers, 'authorization')
  if (credentials === undefined || !bindsConnection(credentials)) return undefined
  const made: ClientBinding = { name: `${processName}/${++count}`, link: undefined }
  if (known) known.set(sessionId, made)
  else bindings.set(connection, new Map([[sessionId, made]]))
  return made
}
