import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { WebSocketServer } from 'ws'

const eventIntervalMs = 1_000

// A person types lines, a test sends a little more; larger messages are a mistake.
const messageMaxBytes = 1_048_576

/** Server-sent events: one a second, numbered, going on behind the Last-Event-ID that the browser brings back. */
export function sendEvents(request: IncomingMessage, response: ServerResponse): void {
  let id = Number(request.headers['last-event-id'] ?? 0) || 0
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = (): void => {
    id += 1
    response.write(`id: ${id}\ndata: ${JSON.stringify({ id, at: new Date().toISOString() })}\n\n`)
  }
  response.write('retry: 1000\n\n')
  send()
  const timer = setInterval(send, eventIntervalMs)
  response.once('close', () => clearInterval(timer))
}

/** Answers WebSockets on any path that ends in `/ws` with every message they send; other upgrades get 404. */
export function acceptWebSockets(server: Server): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageMaxBytes })
  sockets.on('connection', (socket) => {
    socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }))
    socket.on('error', () => {}) // `close` follows, and a broken caller is no news here.
  })
  server.on('upgrade', (request, socket, head) => {
    const { pathname } = new URL(request.url ?? '/', 'http://service')
    if (!pathname.endsWith('/ws')) {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened))
  })
}
