import type { Edge } from './edge.ts'
import type { OwnHosts } from './entry.ts'
import type { Http1Hooks } from './listen-http1.ts'
import type { Http2Hooks } from './listen-http2.ts'
import type { ListenerHooks } from './listener.ts'
import { serveHttp1 } from './serve-http1.ts'
import { serveHttp2 } from './serve-http2.ts'

/** Joins the listener to the pipeline and to the edge's own hosts. */
export function serveEdge(
  edge: Edge,
  ownHosts: OwnHosts,
): Http1Hooks & Http2Hooks & Pick<ListenerHooks, 'onTunnel'> {
  return {
    onTunnel: (socket) => edge.hub.accept(socket),
    ...serveHttp1(edge, ownHosts),
    ...serveHttp2(edge, ownHosts),
  }
}
