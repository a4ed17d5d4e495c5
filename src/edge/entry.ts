import type { IncomingMessage, ServerResponse } from 'node:http'
import { asFault } from '../base/fault.ts'
import type { RouteNote } from '../base/route-note.ts'
import type { Answer } from '../http/answer.ts'
import { parseAuthority } from '../http/authority.ts'
import { defaultPort } from '../http/origin.ts'
import type { Problem } from '../refusal/problem.ts'
import { malformedRequest, misdirectedRequest } from '../refusal/refusals.ts'
import { faultProblem } from './answer.ts'
import type { Edge } from './edge.ts'
import { answerInClear, belongsElsewhere } from './entrances.ts'
import { Exchange } from './exchange.ts'
import { handle } from './handle.ts'
import { isMisdirected } from './misdirected.ts'
import type { RecordedApplication } from './recording.ts'
import type { Reply } from './reply.ts'
import { type EdgeRequest, type ReceivedHead, readRequest, unreadableRequest } from './request.ts'
import type { RequestBody } from './request-body.ts'

/**
 * Answers for a host of the edge's own (sign-in, management API): never an application. A promise that it gives is waited
 * for, and what it writes into `note` is told by traces.
 */
export type OwnAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
  note: RouteNote,
) => unknown

/** Such a host, and what metrics and traces call it. */
export interface OwnHost {
  readonly application: RecordedApplication
  readonly answer: OwnAnswer
}

/** Own hosts by `host:port`. */
export type OwnHosts = ReadonlyMap<string, OwnHost>

/** Where requests enter the pipeline. False when the request was refused. */
export function enter(
  edge: Edge,
  head: ReceivedHead,
  body: RequestBody | undefined,
  reply: Reply,
): boolean {
  try {
    return enterRequest(edge, head, body, reply)
  } catch (error) {
    edge.log.error({ error }, 'a request could not be handled')
    refuse(faultProblem(asFault(error)), reply)
    return false
  }
}

function enterRequest(
  edge: Edge,
  head: ReceivedHead,
  body: RequestBody | undefined,
  reply: Reply,
): boolean {
  const request = readRequest(head, edge.places)
  if ('because' in request) {
    const problem = malformedRequest(request)
    const unreadable = unreadableRequest(head)
    refuse(problem, reply, unreadable.id)
    edge.recorder.begin(unreadable, head.http2).answer(problem.status, 0, problem)
    return false
  }
  const recording = edge.recorder.begin(request, head.http2)
  const { host, port } = request.authority
  const elsewhere = belongsElsewhere(edge.entrances, head.port, port)
  if (elsewhere || isMisdirected(edge.certificateOf, head.serverName, host)) {
    refuse(misdirectedRequest, reply, request.id)
    recording.answer(misdirectedRequest.status, 0, misdirectedRequest)
    return false
  }
  const exchange = new Exchange(request, body, reply, recording)
  const clear = head.scheme === 'http' ? inClear(edge, request, head.port) : undefined
  if (clear) exchange.send(clear)
  else handle(edge, exchange)
  return true
}

function inClear(edge: Edge, request: EdgeRequest, port: number): Answer | undefined {
  return answerInClear(edge.entrances, edge.snapshot.routes, request, port)
}

/** An answer without a page: whoever sends such bytes is no browser. Of bytes that are no request there is no id. */
export function refuse(
  { status, code, sentence }: Problem,
  reply: Reply,
  requestId?: string,
): void {
  const body = JSON.stringify({ error: { code, message: sentence, requestId } })
  const headers = ['Content-Type', 'application/json', 'Cache-Control', 'no-store']
  if (requestId !== undefined) headers.push('X-Request-Id', requestId)
  reply.endConnection()
  reply.whole(status, headers, body)
}

/** The host of the edge's own that a request names, from Host or `:authority`, on a connection that may carry it. */
export function ownHostOf(
  edge: Edge,
  ownHosts: OwnHosts,
  written: string | undefined,
  { serverName, port }: Pick<ReceivedHead, 'serverName' | 'port'>,
): OwnHost | undefined {
  const authority = parseAuthority(written ?? '', defaultPort.https)
  if (!authority || isMisdirected(edge.certificateOf, serverName, authority.host)) return undefined
  if (belongsElsewhere(edge.entrances, port, authority.port)) return undefined
  return ownHosts.get(authority.hostAndPort)
}
