import { asFault, Fault } from '../base/fault.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { Edge } from './edge.ts'
import { tunnelRequest, wayOf } from './exchange.ts'
import { type AnswerSink, ForwardedStream } from './forward.ts'
import { readRequest } from './request.ts'
import { resolveRequest } from './resolve-request.ts'

/** A request to what an edge publishes, without body. */
export interface ProbedRequest {
  readonly method: string
  /** Absolute; where nothing is published, nothing is sent. */
  readonly url: URL
  readonly headers: RawHeaders
}

/** The head of an answer as the application gave it. */
export interface ProbedHead {
  readonly status: number
  readonly headers: RawHeaders
}

/**
 * Asks an application through the tunnel as the edge would for somebody without a session, and gives the head of its answer;
 * the body is cut off. Rejects with a Fault: `not-found` where the URL leads to none, else what kept the answer away. [D2]
 */
export async function probeBackend(
  edge: Edge,
  { method, url, headers }: ProbedRequest,
  timeoutMs: number,
): Promise<ProbedHead> {
  const { snapshot } = edge
  const request = readRequest({
    method,
    target: url.pathname + url.search,
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    authority: undefined,
    headers: ['Host', url.host, ...headers],
    http2: false,
    bodyAnnounced: false,
    serverName: url.hostname,
    port: 0,
    peer: ownAddress,
    connection: {},
  })
  if ('because' in request) throw new Fault('malformed-request', request.because)
  const found = resolveRequest(snapshot.routes, request)
  // The edge's own applications have no inside that could be asked.
  if (!('route' in found) || edge.sites.has(found.route.application.id)) {
    throw new Fault('not-found', `nothing is published at ${url.origin}`)
  }
  const { application } = found.route
  const admitted = { session: undefined, byToken: false }
  const decided = { edge, snapshot, request, found, way: wayOf(edge, request), admitted }
  const onward = { ...tunnelRequest(decided, false, undefined), headTimeoutMs: timeoutMs }
  const groupId = application.connectorGroupId ?? snapshot.defaultGroupId
  return headOf((sink) => new ForwardedStream({ links: edge.links, groupId }, onward, false, sink))
}

// What the application sees as the client's address.
const ownAddress = '127.0.0.1'

async function headOf(open: (sink: AnswerSink) => ForwardedStream): Promise<ProbedHead> {
  const head = Promise.withResolvers<ProbedHead>()
  const nothing = () => {}
  let stream: ForwardedStream | undefined
  try {
    stream = open({
      inform: nothing,
      answer: (status, headers) => head.resolve({ status, headers }),
      data: nothing,
      end: nothing,
      fail: (fault) => head.reject(fault),
    })
    return await head.promise
  } catch (thrown) {
    throw asFault(thrown)
  } finally {
    stream?.cancel()
  }
}
