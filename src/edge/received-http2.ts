import type { Http2ServerRequest } from 'node:http2'
import { serverNameOf } from './misdirected.ts'
import type { ReceivedHead } from './request.ts'

/** What the pipeline has to know of an HTTP/2 request. */
export function receivedHttp2(request: Http2ServerRequest): ReceivedHead {
  const connect = request.method === 'CONNECT'
  return {
    method: connect ? 'GET' : request.method,
    target: request.url,
    scheme: 'https',
    authority: request.authority === '' ? undefined : request.authority,
    headers: withoutPseudo(request.rawHeaders),
    http2: true,
    bodyAnnounced: !request.stream.endAfterHeaders && !connect,
    serverName: serverNameOf(request.socket),
    peer: request.socket.remoteAddress ?? '',
  }
}

function withoutPseudo(headers: readonly string[]): string[] {
  const fields: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    if (!name.startsWith(':')) fields.push(name, headers[i + 1] as string)
  }
  return fields
}
