import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { type Log, silentLog } from '../base/log.ts'
import type { Http2Body } from './http2-body.ts'
import type { Http2Arrival } from './http2-connection.ts'
import { type Http2Limits, http2Limits } from './http2-limits.ts'
import { Http2Listener } from './listen-http2.ts'
import { LocalCa } from './local-ca.ts'
import { type ReceivedHttp2, receivedHttp2 } from './received-http2.ts'
import { Http2Reply } from './reply-http2.ts'

/** Is answered whatever the test does with the rest. */
export const alivePath = '/alive'

export const servername = 'app.contoso.test'

/** What a test does with each request. */
export type Behave = (reply: Http2Reply, body: Http2Body | undefined, path: string) => void

/** The edge's HTTP/2 side on a port of its own, with the pipeline's place taken by the test. Use `await using`. */
export interface Http2Side extends AsyncDisposable {
  readonly port: number
  readonly tls: { readonly servername: string; readonly ca: string }
  readonly listener: Http2Listener
  /** The requests that came through. */
  readonly heads: readonly ReceivedHttp2[]
  /** Resolves when so many requests have come through. */
  arrivals(count: number): Promise<void>
  /** Sockets that are open. */
  connections(): Promise<number>
}

/** Limits that tests can wait for; everything else as it ships. */
export const shortLimits: Http2Limits = {
  ...http2Limits,
  headersTimeoutMs: 150,
  idleTimeoutMs: 600,
  writeIdleTimeoutMs: 200,
  bodyIdleTimeoutMs: 200,
  closeTimeoutMs: 100,
  sweepIntervalMs: 20,
}

/** Starts it. `behave` answers; without one everything gets 200 and `hello`. */
export async function startHttp2Side(
  behave: Behave = (reply) => reply.whole(200, [], 'hello'),
  limits: Http2Limits = shortLimits,
  log: Log = silentLog,
): Promise<Http2Side> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-http2-'))
  const ca = await LocalCa.open(folder)
  const heads: ReceivedHttp2[] = []
  const arrived = new EventEmitter()
  const onHttp2Request = ({ connection, stream, raw }: Http2Arrival) => {
    const head = receivedHttp2(raw, !stream.endAfterHeaders, connection.facts)
    connection.noteHead(head.headBytes)
    heads.push(head)
    arrived.emit('request')
    const body = head.bodyAnnounced ? connection.bodyOf(stream, false) : undefined
    const reply = new Http2Reply(stream, body, head.method === 'HEAD')
    connection.watch({ stream, body, reply })
    if (head.target === alivePath) reply.whole(200, [], 'hello')
    else behave(reply, body, head.target)
  }
  const listener = new Http2Listener({ onHttp2Request }, log, limits)
  const certificate = await ca.issue([servername])
  const server = createServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => {}) // As the real listener has one.
    listener.accept(socket)
  })
  server.on('tlsClientError', () => {}) // Clients that leave in the middle of the handshake.
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    tls: { servername, ca: ca.pem },
    listener,
    heads,
    async arrivals(count) {
      while (heads.length < count) await once(arrived, 'request')
    },
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    async [Symbol.asyncDispose]() {
      listener.drain()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
