import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { RequestHead } from '../http1/head.ts'
import { Http1Connection, type Http1Owner, type RequestProblem } from './http1-connection.ts'
import { type Http1Limits, http1Limits } from './limits.ts'
import type { Reply, ReplyWriter } from './reply.ts'
import type { Http1Reply } from './reply-http1.ts'
import type { RequestBody } from './request-body.ts'

/** One request as a test sees it, with what came of its body so far. */
export class SeenRequest implements ReplyWriter {
  readonly head: RequestHead
  readonly reply: Http1Reply & Pick<Reply, 'accept'>
  readonly body: RequestBody | undefined
  text = ''
  trailers: readonly string[] = []
  bodyEnd: 'open' | 'whole' | 'broken' = 'open'
  closed = false
  drained = 0
  readonly #notify: () => void

  constructor(
    head: RequestHead,
    body: RequestBody | undefined,
    reply: Http1Reply,
    notify: () => void,
  ) {
    this.head = head
    this.body = body
    this.reply = reply
    this.#notify = notify
    reply.writer = this
  }

  readBody(body: RequestBody | undefined = this.body): void {
    body?.read({
      onData: (chunk) => {
        this.text += chunk.toString('latin1')
        this.#notify()
      },
      onEnd: (trailers) => {
        this.trailers = trailers
        this.bodyEnd = 'whole'
        this.#notify()
      },
      onAbort: () => {
        this.bodyEnd = 'broken'
        this.#notify()
      },
    })
  }

  onClose(): void {
    this.closed = true
    this.#notify()
  }

  onDrain(): void {
    this.drained += 1
    this.#notify()
  }
}

/** A server whose requests the test answers itself, and whose seconds pass when the test says so. */
export class TestServer implements Http1Owner, AsyncDisposable {
  readonly limits: Http1Limits = http1Limits
  seconds = 0
  ending = false
  readonly seen: SeenRequest[] = []
  readonly problems: RequestProblem[] = []
  readonly bugs: unknown[] = []
  readonly connections = new Set<Http1Connection>()
  /** What is done with each request; kept for the test when undefined. */
  onSeen: ((request: SeenRequest, connection: Http1Connection) => void) | undefined
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #waiting = new Set<() => void>()

  static async start(onSeen?: (request: SeenRequest) => void): Promise<TestServer> {
    const server = new TestServer()
    server.onSeen = onSeen
    await once(server.#server.listen(0, '127.0.0.1'), 'listening')
    return server
  }

  constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => {})
      this.connections.add(new Http1Connection(socket, 'http', this))
      this.#notify()
    })
  }

  async open(): Promise<TestClient> {
    const { port } = this.#server.address() as AddressInfo
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.#sockets.add(socket)
    await once(socket, 'connect')
    return new TestClient(socket)
  }

  /** The request with this number, counted over all connections. */
  async request(index: number): Promise<SeenRequest> {
    await this.until(() => this.seen.length > index)
    return this.seen[index] as SeenRequest
  }

  /** Looks at the condition after everything that happens on a connection. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** Lets seconds pass, one after the other. */
  pass(seconds: number): void {
    for (let i = 0; i < seconds; i++) {
      this.seconds += 1
      for (const connection of this.connections) connection.sweep()
    }
  }

  onRequest(
    connection: Http1Connection,
    head: RequestHead,
    body: RequestBody | undefined,
    reply: Http1Reply,
  ): void {
    const request = new SeenRequest(head, body, reply, this.#notify)
    this.seen.push(request)
    this.onSeen?.(request, connection)
    this.#notify()
  }

  onProblem(problem: RequestProblem, reply: Http1Reply): void {
    this.problems.push(problem)
    reply.endConnection()
    reply.whole(problem === 'timeout' ? 408 : 400, [], problem)
  }

  onBug(error: unknown): void {
    this.bugs.push(error)
  }

  onClose(connection: Http1Connection): void {
    this.connections.delete(connection)
    this.#notify()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    for (const { socket } of this.connections) socket.destroy()
    await once(this.#server.close(), 'close')
  }

  readonly #notify = (): void => {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }
}

/** A client of bytes, one character each. */
export class TestClient {
  readonly socket: Socket
  received = ''
  ended = false
  closed = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.received += text
    })
    socket.on('end', () => {
      this.ended = true
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
    })
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1')
  }

  /** Resolves when what was received ends like this. */
  async until(tail: string | RegExp): Promise<string> {
    const here = () =>
      typeof tail === 'string' ? this.received.endsWith(tail) : tail.test(this.received)
    while (!here() && !this.ended && !this.closed) await this.#event()
    return this.received
  }

  /** Everything until the server ends its side, or cuts the connection. */
  async rest(): Promise<string> {
    while (!this.ended && !this.closed) await this.#event()
    return this.received
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      for (const name of ['data', 'end', 'close']) this.socket.once(name, () => resolve())
    })
  }
}
