import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { RawHeaders } from '../http/headers.ts'
import type { Reply } from './reply.ts'
import { Http1Reply } from './reply-http1.ts'

/**
 * A reply to an HTTP/1.1 upgrade: either 101 and the socket, or an ordinary answer and a close. undefined when an earlier
 * request on this connection is still being answered: whoever pipelines behind it cannot have its bytes told apart.
 */
export function upgradeReplyHttp1(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Reply | undefined {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  try {
    response.assignSocket(socket as Socket)
  } catch {
    // ERR_HTTP_SOCKET_ASSIGNED is all that this throws.
    return undefined
  }
  response.on('finish', () => socket.end())
  const reply = new Http1Reply(response, request.httpVersion)
  return Object.assign(reply, {
    accept(headers: RawHeaders): Duplex {
      response.detachSocket(socket as Socket)
      socket.write(switchingProtocols(headers), 'latin1')
      // Bytes the client sent too early waited for the application's consent.
      if (head.length > 0) socket.unshift(head)
      return socket
    },
  })
}

function switchingProtocols(headers: RawHeaders): string {
  let text = `HTTP/1.1 101 ${STATUS_CODES[101]}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${text}\r\n`
}
