import type { WebSocketEntrance } from '../tunnel/web-socket-entrance.ts'
import type { Edge } from './edge.ts'
import type { OwnHosts } from './entry.ts'
import type { Http1Hooks } from './listen-http1.ts'
import type { Http2Hooks } from './listen-http2.ts'
import type { ListenerHooks } from './listener.ts'
import { serveHttp1 } from './serve-http1.ts'
import { serveHttp2 } from './serve-http2.ts'

/** Joins the listener to the pipeline, to the edge's own hosts, and to the tunnels that come in there. */
export function serveEdge(
  edge: Edge,
  ownHosts: OwnHosts,
  entrance: WebSocketEntrance,
): Http1Hooks & Http2Hooks & Pick<ListenerHooks, 'onTunnel' | 'isFull'> {
  return {
    onTunnel: (socket) => edge.hub.accept(socket),
    isFull: () => !edge.overload.take(),
    ...serveHttp1(edge, ownHosts, entrance),
    ...serveHttp2(edge, ownHosts),
  }
}
