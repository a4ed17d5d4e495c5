import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP, type Socket } from 'node:net'
import type { Log } from '../base/log.ts'
import { expositionType, writeExposition } from './exposition.ts'
import type { Metric } from './metric.ts'

/** Whether a process can do its work, and if not, why. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly reasons: readonly string[] }

/** What the listener tells. Both may be asked at any time, and several times at once. */
export interface Signals {
  metrics(): Promise<readonly Metric[]>
  readiness(): Promise<Readiness>
}

export interface SignalsAddress {
  readonly host: string
  /** 0: any. */
  readonly port: number
}

// A scraper has one connection, and a few people look by hand.
const connectionsMax = 32
const headBytesMax = 8 * 1024
// Whoever asks is on the same machine or close by, and reads what it asked for.
const requestTimeoutMs = 10_000
const sweepIntervalMs = 1_000
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])

/** Answers /metrics, /healthz and /readyz on a port of its own, which no browser and no stranger has any business with. [D4] */
export class SignalsListener implements AsyncDisposable {
  readonly #server: Server
  readonly #signals: Signals
  readonly #log: Log
  readonly #isLocal: boolean
  readonly #sockets = new Set<Socket>()

  private constructor(signals: Signals, host: string, log: Log) {
    this.#signals = signals
    this.#log = log
    this.#isLocal = loopback.has(host)
    const times = { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs }
    const limits = { maxHeaderSize: headBytesMax, connectionsCheckingInterval: sweepIntervalMs }
    this.#server = createServer({ ...times, ...limits }, (...both) => {
      this.#answer(...both).catch((error: unknown) => this.#fail(error, both[1]))
    })
    this.#server.timeout = requestTimeoutMs
    this.#server.on('connection', (socket) => this.#makeRoom(socket))
  }

  /** Rejects with the system's error when the port is not to be had. */
  static async open(signals: Signals, at: SignalsAddress, log: Log): Promise<SignalsListener> {
    const listener = new SignalsListener(signals, at.host, log)
    listener.#server.listen(at.port, at.host)
    await once(listener.#server, 'listening')
    return listener
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port // listening, and on no pipe
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  /** The oldest goes, not the newest: whoever only keeps connections open must not make a healthy edge look dead. */
  #makeRoom(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    const [oldest] = this.#sockets
    if (this.#sockets.size > connectionsMax) oldest?.destroy()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, 405, 'GET, please')
    if (this.#isLocal && !namesMachine(request.headers.host)) {
      return send(response, 421, 'this port is for programs on this machine')
    }
    const [path] = (request.url ?? '').split('?', 1)
    if (path === '/healthz') return sendJson(response, 200, { status: 'alive' })
    if (path === '/readyz') {
      const readiness = await this.#signals.readiness()
      return sendJson(response, readiness.ready ? 200 : 503, readiness)
    }
    if (path !== '/metrics') return send(response, 404, '/metrics, /healthz, /readyz')
    send(response, 200, writeExposition(await this.#signals.metrics()), expositionType)
  }

  #fail(error: unknown, response: ServerResponse): void {
    this.#log.error({ error }, 'signals could not be told')
    if (response.headersSent) response.destroy()
    else send(response, 500, 'it is in the log')
  }
}

/** A page of a stranger may lead its own name to this machine (DNS rebinding), but it cannot have this one's names. */
function namesMachine(host: string | undefined): boolean {
  if (host === undefined) return false
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || isIP(name) !== 0
}

function sendJson(response: ServerResponse, status: number, content: object): void {
  send(response, status, `${JSON.stringify(content)}\n`, 'application/json')
}

function send(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(body)
}
