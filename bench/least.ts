// The least that it costs in Node: TLS and nothing that reads or decides. What Sallyport needs beyond it is its own.
// node bench/least.ts answer <port> <certificate> <key>                     answers whatever comes with a 204
// node bench/least.ts front <port> <port for inside> <certificate> <key>    clients on one port, the inner half on the other
// node bench/least.ts inside <port of the front> <port of the application>
import { readFileSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect, createServer, type TlsOptions } from 'node:tls'
import { CarriedMessages, MessageWriter } from './least-tunnel.ts'

const host = '127.0.0.1'
const [role, ...args] = process.argv.slice(2)
const roles: Readonly<Record<string, () => void>> = { answer, front, inside }
roles[role ?? '']?.()

function answer(): void {
  const [port, cert = '', key = ''] = args
  const bytes = Buffer.from('HTTP/1.1 204 No Content\r\nVary: Origin\r\n\r\n')
  const server = createServer(readPair(cert, key), (client) => {
    open(client)
    client.on('data', () => client.write(bytes))
  })
  server.listen(Number(port), host)
}

/** Messages of clients go through the one connection that the inner half has opened, answers come back there. */
function front(): void {
  const [port, insidePort, cert = '', key = ''] = args
  const pair = readPair(cert, key)
  const clients = new Map<number, Socket>()
  let lastClient = 0
  let writer: MessageWriter | undefined
  createServer(pair, (tunnel) => {
    open(tunnel)
    writer = new MessageWriter(tunnel)
    const answers = new CarriedMessages((id, message) => clients.get(id)?.write(message))
    tunnel.on('data', (chunk: Buffer) => answers.read(chunk))
  }).listen(Number(insidePort), host)
  createServer(pair, (client) => {
    open(client)
    const id = ++lastClient
    clients.set(id, client)
    client.on('data', (chunk: Buffer) => writer?.write(id, chunk))
    client.on('close', () => clients.delete(id))
  }).listen(Number(port), host)
}

/** Each message is a request, each chunk that comes back its whole answer: the application's fit into one. */
function inside(): void {
  const [port, applicationPort] = args.map(Number)
  const tunnel = connect({ host, port: port as number, rejectUnauthorized: false })
  open(tunnel)
  const writer = new MessageWriter(tunnel)
  const idle: Socket[] = []
  const askers = new Map<Socket, number>()
  const dial = (): Socket => {
    const socket = connectTcp(applicationPort as number, host)
    open(socket)
    socket.on('data', (chunk: Buffer) => {
      writer.write(askers.get(socket) ?? 0, chunk)
      idle.push(socket)
    })
    return socket
  }
  const requests = new CarriedMessages((id, message) => {
    const socket = idle.pop() ?? dial()
    askers.set(socket, id)
    socket.write(message)
  })
  tunnel.on('data', (chunk: Buffer) => requests.read(chunk))
}

function open(socket: Socket): void {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
}

function readPair(cert: string, key: string): TlsOptions {
  return { cert: readFileSync(cert), key: readFileSync(key) }
}
