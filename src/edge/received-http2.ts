import type { RawHeaders } from '../http/headers.ts'
import type { ReceivedHead } from './request.ts'

/** What every request of one connection has in common: one object for each connection. */
export interface ConnectionFacts {
  readonly peer: string
  readonly serverName: string | undefined
  readonly port: number
}

/** What the pipeline has to know of an HTTP/2 request, and what only HTTP/2 has. */
export interface ReceivedHttp2 extends ReceivedHead {
  /** `:scheme` as the client wrote it; undefined on an ordinary CONNECT. */
  readonly writtenScheme: string | undefined
  /** `:protocol` of an extended CONNECT (RFC 8441 §4). */
  readonly protocol: string | undefined
  /** Size of the head by RFC 9113 §6.5.2; on the wire it was smaller. */
  readonly headBytes: number
}

// RFC 7541 §4.1
const entryOverheadBytes = 32

/** Reads the fields as Node hands them over: name, value, …, pseudo-fields first, each there at most once. */
export function receivedHttp2(
  raw: RawHeaders,
  bodyAnnounced: boolean,
  facts: ConnectionFacts,
): ReceivedHttp2 {
  let method = ''
  let target = ''
  let writtenScheme: string | undefined
  let authority: string | undefined
  let protocol: string | undefined
  let headBytes = 0
  const headers: string[] = []
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string
    const value = raw[i + 1] as string
    headBytes += name.length + value.length + entryOverheadBytes
    if (name.charCodeAt(0) !== colon) headers.push(name, value)
    else if (name === ':method') method = value
    else if (name === ':path') target = value
    else if (name === ':authority') authority = value
    else if (name === ':scheme') writtenScheme = value
    else if (name === ':protocol') protocol = value
  }
  return {
    method,
    target,
    scheme: 'https',
    authority: authority === '' ? undefined : authority,
    headers,
    http2: true,
    bodyAnnounced,
    serverName: facts.serverName,
    port: facts.port,
    peer: facts.peer,
    connection: facts,
    writtenScheme,
    protocol,
    headBytes,
  }
}

const colon = 58
