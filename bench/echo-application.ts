// An application of WebSockets that answers each message with the same text. node bench/echo-application.ts <port>
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const server = createServer((_, response) => response.end('an application of WebSockets'))
// Every connection that is opened at once waits here.
const backlog = 4096
const sockets = new WebSocketServer({ server, perMessageDeflate: false })
sockets.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog })
