import type { IncomingMessage } from 'node:http'
import { serverNameOf } from './misdirected.ts'
import type { ReceivedHead } from './request.ts'

/** What the pipeline has to know of an HTTP/1.1 request. */
export function receivedHttp1(request: IncomingMessage): ReceivedHead {
  const { headers } = request
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    scheme: 'https',
    authority: undefined,
    headers: request.rawHeaders,
    http2: false,
    bodyAnnounced:
      headers['transfer-encoding'] !== undefined ||
      (headers['content-length'] !== undefined && headers['content-length'] !== '0'),
    serverName: serverNameOf(request.socket),
    peer: request.socket.remoteAddress ?? '',
  }
}
