import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { type Log, silentLog } from '../base/log.ts'
import type { RawHeaders } from '../http/headers.ts'
import type {
  AnsweringStream,
  RequestHandler,
  ResetCode,
  TunnelRequest,
} from '../tunnel/exchange.ts'
import { createForwarder, type Forwarder, type ForwarderOptions } from './forward.ts'

/** Lets a test wait for a condition that is looked at after each event. */
class Watched {
  readonly #waiting = new Set<() => void>()

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  protected notify(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }
}

/** A tunnel stream for tests: writes down what the forwarder says, with a window of credit that the test moves. */
export class RecordedStream extends Watched implements AnsweringStream {
  /** The calls in order, such as `answer 200 end`; for when the number of frames matters. */
  readonly calls: string[] = []
  readonly informed: { status: number; headers: RawHeaders }[] = []
  status = 0
  headers: RawHeaders = []
  readonly chunks: Buffer[] = []
  trailers: RawHeaders = []
  ended = false
  resetCode: ResetCode | undefined
  granted = 0
  /** Bytes that `write` takes before it says false. */
  window = Number.POSITIVE_INFINITY
  received = 0
  onDrain: (() => void) | undefined
  onChunk: ((chunk: Buffer) => void) | undefined

  inform(status: number, headers: RawHeaders): void {
    this.informed.push({ status, headers })
    this.#note(`inform ${status}`)
  }

  answer(status: number, headers: RawHeaders, body: Uint8Array, end: boolean): void {
    this.status = status
    this.headers = headers
    this.#take(body)
    this.ended = end
    this.#note(end ? `answer ${status} end` : `answer ${status}`)
  }

  write(bytes: Uint8Array): boolean {
    this.#take(bytes)
    this.#note('write')
    return this.received < this.window
  }

  end(trailers: RawHeaders = []): void {
    this.trailers = trailers
    this.ended = true
    this.#note('end')
  }

  reset(code: ResetCode): void {
    this.resetCode = code
    this.#note(`reset ${code}`)
  }

  grant(bytes: number): void {
    this.granted += bytes
    this.notify()
  }

  get body(): Buffer {
    return Buffer.concat(this.chunks)
  }

  get text(): string {
    return this.body.toString('latin1')
  }

  /** Resolves when the answer ended or the stream was reset. */
  async over(): Promise<this> {
    await this.until(() => this.ended || this.resetCode !== undefined)
    return this
  }

  #take(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.received += chunk.length
    if (this.onChunk) this.onChunk(chunk)
    else this.chunks.push(chunk)
  }

  #note(call: string): void {
    this.calls.push(call)
    this.notify()
  }
}

export interface Sent {
  readonly stream: RecordedStream
  readonly handler: RequestHandler
}

/** A forwarder with shorthands; closed by `await using`. */
export class TestForwarder implements AsyncDisposable {
  readonly #forwarder: Forwarder

  constructor(options: Omit<ForwarderOptions, 'log'> & { log?: Log } = {}) {
    this.#forwarder = createForwarder({ log: silentLog, ...options })
  }

  /** Starts an exchange; the request is a whole GET of `/` unless said otherwise. */
  send(
    origin: string,
    change: Partial<TunnelRequest> = {},
    body: string | Buffer = '',
    end = true,
    stream = new RecordedStream(),
  ): Sent {
    const request = { ...plainGet, origin, ...change }
    const handler = this.#forwarder.serve(request, Buffer.from(body), end, stream)
    return { stream, handler }
  }

  /** A whole exchange. */
  ask(
    origin: string,
    change: Partial<TunnelRequest> = {},
    body: string | Buffer = '',
  ): Promise<RecordedStream> {
    return this.send(origin, change, body).stream.over()
  }

  close(): void {
    this.#forwarder.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}

const plainGet: TunnelRequest = {
  id: 'test',
  method: 'GET',
  origin: '',
  target: '/',
  headers: ['Host', 'app.test'],
  headTimeoutMs: 5_000,
  verifyCertificate: true,
  upgrade: undefined,
}

/** Listens on a free port of 127.0.0.1 and returns the port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

interface HeldTimer {
  due: number
  readonly fire: () => void
  refresh(): HeldTimer
}

/**
 * Holds back every timer of this process that is set from now on until the test lets so many milliseconds pass: what was
 * sent has come by then, however busy the machine is. (The mock timers of node:test do not know `refresh`.)
 */
export function holdTime(t: TestContext): (ms: number) => void {
  const timers = new Set<HeldTimer>()
  let now = 0
  const set = (act: (...values: unknown[]) => void, ms = 0, ...values: unknown[]): HeldTimer => {
    const timer: HeldTimer = {
      due: now + ms,
      fire: () => act(...values),
      refresh() {
        timer.due = now + ms
        timers.add(timer)
        return timer
      },
    }
    return timer.refresh()
  }
  t.mock.method(globalThis, 'setTimeout', set as unknown as typeof setTimeout)
  t.mock.method(globalThis, 'clearTimeout', (timer: unknown) => timers.delete(timer as HeldTimer))
  return (ms) => {
    now += ms
    for (const timer of [...timers]) {
      if (timer.due > now) continue
      timers.delete(timer)
      timer.fire()
    }
  }
}

const rememberedBytes = 65_536

/** What a backend does when bytes came; `seen` is the last 64 KiB that came on this connection. */
type Behaviour = (socket: Socket, seen: string) => void

/** A backend that says exactly what it is told to, and writes down what it gets. */
export class RawBackend extends Watched implements AsyncDisposable {
  readonly #server: Server
  /** The open ones. */
  readonly sockets = new Set<Socket>()
  connections = 0
  seen = ''
  origin = ''

  private constructor(behave: Behaviour) {
    super()
    this.#server = createServer((socket) => {
      this.connections++
      this.sockets.add(socket)
      this.notify()
      let seen = ''
      socket.on('error', () => {})
      socket.on('close', () => {
        this.sockets.delete(socket)
        this.notify()
      })
      socket.on('data', (chunk) => {
        const text = chunk.toString('latin1')
        this.seen = (this.seen + text).slice(-rememberedBytes)
        seen = (seen + text).slice(-rememberedBytes)
        this.notify()
        behave(socket, seen)
      })
    })
  }

  static async start(behave: Behaviour): Promise<RawBackend> {
    const backend = new RawBackend(behave)
    backend.origin = `http://127.0.0.1:${await listen(backend.#server)}`
    return backend
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
