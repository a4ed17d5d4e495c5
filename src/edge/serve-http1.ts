import type { Edge } from './edge.ts'
import { enter, type OwnHosts, ownHostOf, serveOwn } from './entry.ts'
import type { Http1Hooks } from './listen-http1.ts'
import { serverNameOf } from './misdirected.ts'
import { receivedHttp1 } from './received-http1.ts'
import { Http1Reply } from './reply-http1.ts'
import { upgradeReplyHttp1 } from './upgrade-http1.ts'

/** HTTP/1.1 requests: each goes to one of the edge's own hosts or into the pipeline. */
export function serveHttp1(edge: Edge, ownHosts: OwnHosts): Http1Hooks {
  return {
    onHttp1Request(request, response) {
      // What stands behind a refused message on the same connection was told apart from it by guess. [F8]
      if (refusedSockets.has(request.socket)) return
      const own = ownHostOf(edge, ownHosts, request.headers.host, serverNameOf(request.socket))
      if (own) return serveOwn(own, request, response)
      const reply = new Http1Reply(response, request.httpVersion)
      const entered = enter(edge, receivedHttp1(request), request, reply)
      if (!entered) refusedSockets.add(request.socket)
    },
    onUpgrade(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const reply = upgradeReplyHttp1(request, socket, head)
      if (!reply || ownHostOf(edge, ownHosts, request.headers.host, serverNameOf(request.socket)))
        socket.destroy()
      else enter(edge, receivedHttp1(request), undefined, reply)
    },
  }
}

/** Connections that are being closed; over HTTP/2 streams cannot run into each other. */
const refusedSockets = new WeakSet<object>()
