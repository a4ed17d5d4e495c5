import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { Http2Connection } from '../http2-client.ts'
import { openRawSocket, receive } from '../raw-socket.ts'
import { startServedEdge } from './served-edge.ts'
import { edgesOf, isSoak } from './sizes.ts'

// X2 of the fault table: live requests by both protocols, and connections that are only kept alive.
const liveHttp1 = 100
const liveHttp2 = 100
const idle = isSoak ? 1_000 : 300
// All connections are opened before the first one would be closed for being idle.
const atOnce = 50

for (const [what, more] of edgesOf('one', 'several')) {
  test(`an edge of ${what} that is told to end answers all ${liveHttp1 + liveHttp2} live requests, closes ${idle} idle connections and exits with 0 [K5]`, async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { edge, application, open } = await startServedEdge(cleanUp, {
      more: [...more, '--drain', '20'],
    })
    const { host, hostname: servername } = new URL(open)
    const target = { port: edge.port, tls: { servername, ca: edge.ca } }
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    const idles = await openAll(idle, async () => {
      const socket = await openRawSocket(target)
      socket.write(get('/idle'))
      await answerOn(socket)
      return socket
    })
    const closed = Promise.all(idles.map((socket) => once(socket, 'close')))

    const sockets = await openAll(liveHttp1, () => openRawSocket(target))
    const http2 = cleanUp.use(await Http2Connection.open(open, edge.ca))
    const held = application.hold(liveHttp1 + liveHttp2)
    const answers = sockets.map((socket, n) => {
      socket.write(get(`/live/${n}`))
      return answerOn(socket)
    })
    const http2Answers = Array.from({ length: liveHttp2 }, (_, n) =>
      http2.ask({ ':path': `/live/http2/${n}` }),
    )
    await held
    edge.command.signal('SIGTERM')
    await closed
    await assert.rejects(openRawSocket(target), /ECONNREFUSED|ECONNRESET/)
    application.release()

    for (const answer of await Promise.all(answers)) {
      assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*\r\nconnection: close\r\n[\s\S]*here$/i)
    }
    for (const { status, text } of await Promise.all(http2Answers)) {
      assert.deepEqual([status, text], [200, 'here'])
    }
    assert.equal(await edge.command.exit, 0)
    await edge.command.gone()
  })
}

async function openAll<Value>(count: number, open: () => Promise<Value>): Promise<Value[]> {
  const opened: Value[] = []
  while (opened.length < count) {
    opened.push(...(await Promise.all(Array.from({ length: atOnce }, open))))
  }
  return opened
}

/** One answer, whole. */
function answerOn(socket: Socket): Promise<string> {
  return receive(socket, (received) => received.endsWith('here'))
}
