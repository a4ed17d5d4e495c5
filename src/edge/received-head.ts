import type { NodeRequest } from './listener.ts'
import type { ReceivedHead } from './request.ts'

/** What the pipeline has to know of a Node request. */
export function receivedHead(request: NodeRequest): ReceivedHead {
  if ('stream' in request) {
    const connect = request.method === 'CONNECT'
    return {
      method: connect ? 'GET' : request.method,
      target: request.url,
      scheme: 'https',
      authority: request.authority === '' ? undefined : request.authority,
      headers: withoutPseudo(request.rawHeaders),
      http2: true,
      bodyAnnounced: !request.stream.endAfterHeaders && !connect,
      peer: request.socket.remoteAddress ?? '',
    }
  }
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
