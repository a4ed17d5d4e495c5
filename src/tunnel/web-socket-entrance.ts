import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createServer, type SecureContext, type TlsOptions } from 'node:tls'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { LinkHub } from './edge-end.ts'
import { defaultLimits, tunnelAlpn } from './limits.ts'
import { webSocketOptions, webSocketPath } from './web-socket-carrier.ts'

/** Whether a request asks for a tunnel inside a WebSocket. */
export function isTunnelUpgrade({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && url === webSocketPath && headers.upgrade?.toLowerCase() === 'websocket'
}

/** Where tunnels come in that could only pass as a WebSocket. To be put at the edge's own host and nowhere else. [K2] */
export class WebSocketEntrance {
  readonly #webSockets = new WebSocketServer({ ...webSocketOptions, noServer: true })
  readonly #hub: LinkHub
  readonly #tls: TlsOptions
  #pending = 0

  /** Certificates for the tunnel's own TLS: for connectors that name no server, and for those that do. */
  constructor(
    hub: LinkHub,
    withoutServerName: { readonly key: string; readonly cert: string },
    contextFor?: (serverName: string) => Promise<SecureContext | undefined>,
  ) {
    this.#hub = hub
    this.#tls = {
      ...withoutServerName,
      ALPNProtocols: [tunnelAlpn],
      minVersion: 'TLSv1.3',
      ...(contextFor && {
        SNICallback: (serverName, done) => {
          contextFor(serverName).then((context) => done(null, context), done)
        },
      }),
    }
  }

  /** A request that `isTunnelUpgrade`, to the own host: it is answered, and nothing is read by anybody else. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignore)
    if (!isTunnelUpgrade(request)) {
      refuse(socket, '404 Not Found')
    } else if (this.#pending >= defaultLimits.handshakesPending) {
      refuse(socket, '503 Service Unavailable')
    } else {
      const externalIp = request.socket.remoteAddress ?? ''
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#secure(createWebSocketStream(webSocket), externalIp)
      })
    }
  }

  // One server per connection, which costs little beside its handshakes: so the address is known behind it.
  #secure(stream: Duplex, externalIp: string): void {
    stream.on('error', ignore)
    const options = { ...this.#tls, handshakeTimeout: defaultLimits.handshakeMs }
    const server = createServer(options, (inner) => {
      done()
      if (inner.alpnProtocol === tunnelAlpn) this.#hub.accept(inner, externalIp)
      else inner.on('error', ignore).destroy()
    })
    const done = once(() => {
      this.#pending--
    })
    this.#pending++
    stream.once('close', done)
    server.on('tlsClientError', (_, failed) => {
      failed.destroy()
      stream.destroy()
    })
    server.emit('connection', stream)
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function once(act: () => void): () => void {
  let acted = false
  return () => {
    if (!acted) act()
    acted = true
  }
}

function ignore(): void {}
