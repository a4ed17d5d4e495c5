import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { HttpClient } from '../http-client.ts'
import { openRawSocket, receive } from '../raw-socket.ts'
import { type ServedEdge, startServedEdge } from './served-edge.ts'

const descriptors = 256
const floodConnections = 600

const cleanUp = new AsyncDisposableStack()
let served: ServedEdge
before(async () => {
  served = await startServedEdge(cleanUp, { descriptors })
})
after(() => cleanUp.disposeAsync())

test('with its file descriptors used up an edge refuses connections, serves those it has, and recovers [N3]', async () => {
  const { edge, open } = served
  const tls = { servername: new URL(open).hostname, ca: edge.ca }
  const early = await openRawSocket({ port: edge.port, tls })
  cleanUp.defer(() => void early.destroy())

  const flood = Array.from({ length: floodConnections }, () => connect(edge.port, '127.0.0.1'))
  for (const socket of flood) socket.on('error', () => {})
  const refused = flood.map((socket) => once(socket, 'close'))
  // More than there are descriptors; the rest waits for a handshake that never comes.
  await Promise.race(refused)
  await edge.command.said('connections are refused')

  for (let turn = 0; turn < 3; turn++) {
    early.write(`GET /${turn} HTTP/1.1\r\nHost: ${new URL(open).host}\r\n\r\n`)
    const answer = await receive(early, (received) => received.endsWith('here'))
    assert.match(answer, /^HTTP\/1\.1 200 /)
  }
  // Another process could not write either; the database's files are open already.
  for (const socket of flood) socket.destroy()
  await Promise.all(refused)
  await using client = new HttpClient({ ca: edge.ca })
  await until(async () => (await client.request(open).catch(() => undefined))?.status === 200)
  await edge.graph.call('PATCH', `/applications/${served.openId}`, { displayName: 'Still open' })
})

/** Asks again until the edge has seen that the flood is gone. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10))
}
