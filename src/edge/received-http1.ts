import type { RequestHead } from '../http1/head.ts'
import type { Http1Connection } from './http1-connection.ts'
import type { ReceivedHead } from './request.ts'

/** What the pipeline has to know of an HTTP/1.1 request. */
export function receivedHttp1(
  connection: Http1Connection,
  head: RequestHead,
  bodyAnnounced: boolean,
): ReceivedHead {
  return {
    method: head.method,
    target: head.target,
    scheme: connection.scheme,
    authority: undefined,
    headers: head.headers,
    http2: false,
    bodyAnnounced,
    serverName: connection.serverName,
    port: connection.port,
    peer: connection.peer,
    connection,
  }
}
