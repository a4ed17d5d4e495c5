import type { Socket } from 'node:net'
import { type MessageProblem, problemStatus } from '../http1/problem.ts'
import { malformedRequest, misdirectedRequest, tooSlow } from '../refusal/refusals.ts'
import { isTunnelUpgrade, type WebSocketEntrance } from '../tunnel/web-socket-entrance.ts'
import type { Edge } from './edge.ts'
import { enter, type OwnHosts, ownHostOf, refuse } from './entry.ts'
import type { RequestProblem } from './http1-connection.ts'
import type { Http1Hooks } from './listen-http1.ts'
import { serverNameOf } from './misdirected.ts'
import { serveOwn } from './own-request.ts'
import { receivedHttp1 } from './received-http1.ts'

/** HTTP/1.1 requests: each goes to one of the edge's own hosts or into the pipeline. */
export function serveHttp1(
  edge: Edge,
  ownHosts: OwnHosts,
  entrance: WebSocketEntrance,
): Http1Hooks {
  return {
    // Nobody signs in, and nothing is managed, in clear.
    isOwn: (connection, { facts }) =>
      connection.scheme === 'https' &&
      ownHostOf(edge, ownHosts, facts.host, connection) !== undefined,
    onHttp1Request(connection, head, body, reply) {
      enter(edge, receivedHttp1(connection, head, body !== undefined), body, reply)
    },
    onHttp1Problem(problem, reply) {
      refuse(problemOf(problem), reply)
    },
    onMisdirected(reply) {
      refuse(misdirectedRequest, reply)
    },
    onOwnRequest(request, response) {
      const own = ownHostOf(edge, ownHosts, request.headers.host, factsOf(request.socket))
      if (own) return serveOwn(edge, own, request, response)
      response.writeHead(misdirectedRequest.status, { connection: 'close' }).end()
    },
    isTunnelUpgrade: (request) =>
      isTunnelUpgrade(request) &&
      ownHostOf(edge, ownHosts, request.headers.host, factsOf(request.socket)) !== undefined,
    onTunnelUpgrade: (request, socket, head) => entrance.upgrade(request, socket, head),
  }
}

function factsOf(socket: Socket) {
  return { serverName: serverNameOf(socket), port: socket.localPort ?? 0 }
}

function problemOf(problem: RequestProblem) {
  if (problem === 'timeout') return tooSlow
  return malformedRequest({ status: problemStatus[problem], because: sentenceOf(problem) })
}

function sentenceOf(problem: MessageProblem): string {
  return problem.replaceAll('-', ' ')
}
