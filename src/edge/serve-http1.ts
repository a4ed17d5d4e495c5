import { type MessageProblem, problemStatus } from '../http1/problem.ts'
import { isTunnelUpgrade, type WebSocketEntrance } from '../tunnel/web-socket-entrance.ts'
import type { Edge } from './edge.ts'
import { enter, type OwnHosts, ownHostOf, refuse, serveOwn } from './entry.ts'
import type { RequestProblem } from './http1-connection.ts'
import type { Http1Hooks } from './listen-http1.ts'
import { serverNameOf } from './misdirected.ts'
import { receivedHttp1 } from './received-http1.ts'
import { malformedRequest, misdirectedRequest, tooSlow } from './refusals.ts'

/** HTTP/1.1 requests: each goes to one of the edge's own hosts or into the pipeline. */
export function serveHttp1(
  edge: Edge,
  ownHosts: OwnHosts,
  entrance: WebSocketEntrance,
): Http1Hooks {
  return {
    isOwn: ({ serverName }, { facts }) =>
      ownHostOf(edge, ownHosts, facts.host, serverName) !== undefined,
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
      const serverName = serverNameOf(request.socket)
      const own = ownHostOf(edge, ownHosts, request.headers.host, serverName)
      if (own) return serveOwn(own, request, response)
      response.writeHead(misdirectedRequest.status, { connection: 'close' }).end()
    },
    isTunnelUpgrade: (request) =>
      isTunnelUpgrade(request) &&
      ownHostOf(edge, ownHosts, request.headers.host, serverNameOf(request.socket)) !== undefined,
    onTunnelUpgrade: (request, socket, head) => entrance.upgrade(request, socket, head),
  }
}

function problemOf(problem: RequestProblem) {
  if (problem === 'timeout') return tooSlow
  return malformedRequest({ status: problemStatus[problem], because: sentenceOf(problem) })
}

function sentenceOf(problem: MessageProblem): string {
  return problem.replaceAll('-', ' ')
}
