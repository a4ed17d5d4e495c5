import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Edge } from './edge.ts'
import type { OwnHost } from './entry.ts'
import { serverNameOf } from './misdirected.ts'
import { OwnHttp2Socket } from './own-http2.ts'
import type { Recording } from './recording.ts'
import { type ReceivedHead, readRequest, unreadableRequest } from './request.ts'

// What the edge's own hosts take is small; a body that comes this slowly is no browser's.
const ownRequestTimeoutMs = 60_000

/** Hands a request to one of the edge's own hosts, and records it; one that fails over it answers 500. */
export function serveOwn(
  edge: Edge,
  own: OwnHost,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const timer = setTimeout(() => {
    // Who has been given the beginning of an answer may listen to the rest of it for hours.
    if (!response.headersSent) request.destroy()
  }, ownRequestTimeoutMs)
  request.once('close', () => clearTimeout(timer))
  const recording = record(edge, own, request, response)
  Promise.try(own.answer, request, response, recording).catch((error: unknown) => {
    edge.log.error({ error }, 'a request to an own host could not be handled')
    if (response.headersSent) response.destroy()
    else {
      response.statusCode = 500
      response.end()
    }
  })
}

/** Counted and traced like any other, so that operators see how sign-in and the API fare. [D4] */
function record(
  { recorder }: Edge,
  { application }: OwnHost,
  request: IncomingMessage,
  response: ServerResponse,
): Recording {
  const head = headOf(request)
  const read = readRequest(head)
  const http2 = request.socket instanceof OwnHttp2Socket
  const recording = recorder.begin('id' in read ? read : unreadableRequest(head), http2)
  recording.application = application
  recording.atSite = true
  onHead(response, () => recording.beginAnswer(response.statusCode, false))
  response.once('close', () => {
    if (response.headersSent) recording.end()
    else recording.breakOff()
  })
  return recording
}

/** Node tells when an answer has ended, and not when it begins; an implicit head comes by here as well. */
function onHead(response: ServerResponse, begun: () => void): void {
  const writeHead = response.writeHead.bind(response)
  // Whatever came in goes on, so that it takes what it took before.
  response.writeHead = ((...head: Parameters<typeof writeHead>) => {
    const written = writeHead(...head)
    begun()
    return written
  }) as typeof writeHead
}

/** HTTP/2 comes here in the words of HTTP/1.1. */
function headOf(request: IncomingMessage): ReceivedHead {
  const { method = 'GET', url = '/', rawHeaders, socket } = request
  return {
    ...{ method, target: url, scheme: 'https', authority: undefined, headers: rawHeaders },
    ...{ http2: false, bodyAnnounced: false, serverName: serverNameOf(socket) },
    ...{ port: socket.localPort ?? 0, peer: socket.remoteAddress ?? '', connection: socket },
  }
}
