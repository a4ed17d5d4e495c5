import { EventEmitter, once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { mock } from 'node:test'
import { Http2Connection } from './connection.ts'
import { type Http2Limits, http2Limits } from './limits.ts'
import type { Http2Stream } from './stream.ts'

/** Is answered whatever the test does with the rest. */
export const alivePath = '/alive'

/** What a test does with each request. */
export type Behave = (stream: Http2Stream, path: string) => void

/** Server ends of connections on a port of its own. Use `await using`. */
export interface Http2Side extends AsyncDisposable {
  readonly port: number
  /** The requests that came through. */
  readonly streams: readonly Http2Stream[]
  /** Why connections were ended, and what threw. */
  readonly refusals: readonly string[]
  readonly bugs: readonly unknown[]
  /** Resolves when so many requests have come through. */
  arrivals(count: number): Promise<void>
  /** Resolves when no connection is left. */
  emptied(): Promise<void>
  drain(): void
}

/** Limits that tests can wait for; everything else as it ships. */
export const shortLimits: Http2Limits = {
  ...http2Limits,
  headersTimeoutMs: 150,
  idleTimeoutMs: 600,
  writeIdleTimeoutMs: 200,
  webSocketIdleTimeoutMs: 400,
  bodyIdleTimeoutMs: 200,
  closeTimeoutMs: 100,
  sweepIntervalMs: 20,
}

/** Starts it. `behave` answers; without one everything gets 200 and `hello`. */
export async function startHttp2Side(
  behave: Behave = (stream) => stream.whole(200, [], 'hello'),
  limits: Http2Limits = shortLimits,
): Promise<Http2Side> {
  const streams: Http2Stream[] = []
  const refusals: string[] = []
  const bugs: unknown[] = []
  const connections = new Set<Http2Connection>()
  const events = new EventEmitter()
  const onRequest = (stream: Http2Stream) => {
    streams.push(stream)
    events.emit('request')
    if (stream.request.path === alivePath) stream.whole(200, [], 'hello')
    else behave(stream, stream.request.path)
  }
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {}) // As the real listener has one.
    const connection = new Http2Connection(socket, {
      limits,
      onRequest,
      onRefused: (because) => refusals.push(because),
      onBug: (error) => bugs.push(error),
    })
    connections.add(connection)
    socket.on('close', () => {
      connections.delete(connection)
      events.emit('close')
    })
  })
  // Time passes by sweeps alone: however long this process stands still, whatever was sent is read before it is late.
  let nowMs = performance.now()
  const clock = mock.method(performance, 'now', () => nowMs)
  const sweeping = setInterval(() => {
    nowMs += limits.sweepIntervalMs
    for (const connection of connections) connection.sweep(nowMs, limits.sweepIntervalMs)
  }, limits.sweepIntervalMs)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const drain = () => {
    for (const connection of connections) connection.drain()
  }
  return {
    port: (server.address() as AddressInfo).port,
    streams,
    refusals,
    bugs,
    async arrivals(count) {
      while (streams.length < count) await once(events, 'request')
    },
    async emptied() {
      while (connections.size > 0) await once(events, 'close')
    },
    drain,
    async [Symbol.asyncDispose]() {
      clearInterval(sweeping)
      clock.mock.restore()
      for (const { socket } of connections) socket.destroy()
      server.close()
    },
  }
}
