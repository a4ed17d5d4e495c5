import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One request as it arrived, for tests that ask what reached the application. */
export interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
}

/** A running sample application. */
export interface App extends AsyncDisposable {
  readonly port: number
  /** The last requests, oldest first; upgrades included. */
  readonly requests: readonly RecordedRequest[]
  close(): Promise<void>
}

export interface ListenOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** 127.0.0.1 when absent. */
  readonly host?: string
}

// Enough for any test to find its request, little enough for a demo that runs for weeks.
const recordedMax = 1_000

/** Starts an HTTP server; `prepare` adds what is not a request, such as upgrades. Rejects with the listen error. */
export async function startApp(
  options: ListenOptions,
  listener: RequestListener,
  prepare: (server: Server) => void = () => {},
): Promise<App> {
  const requests: RecordedRequest[] = []
  const record = (request: IncomingMessage): void => {
    const { method = '', url = '', rawHeaders } = request
    if (requests.push({ method, url, rawHeaders }) > recordedMax) requests.shift()
  }
  const server = createServer((request, response) => {
    record(request)
    listener(request, response)
  })
  server.on('upgrade', record)
  // Uploads and slow answers take as long as they take; that is what this application is for.
  server.requestTimeout = 0
  // Upgraded connections are no longer the HTTP server's, so it would not close them.
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  prepare(server)
  server.listen(options.port, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  const { port } = server.address() as AddressInfo
  return { port, requests, close, [Symbol.asyncDispose]: close }
}

/** Ends the response with a JSON body. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = `${JSON.stringify(value, null, 2)}\n`
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
