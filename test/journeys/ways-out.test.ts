import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { startProxy } from '../../src/tunnel/test-network.ts'
import { startCountedEdge } from '../counted-edge.ts'
import type { HttpClient } from '../http-client.ts'
import { type RunningEdge, startConnector } from '../pieces.ts'
import { rawExchange } from '../raw-socket.ts'

const cleanUp = new AsyncDisposableStack()
let edge: RunningEdge
let client: HttpClient
let folder: string
before(async () => {
  ;({ edge, client, folder } = await startCountedEdge(cleanUp))
})
after(() => cleanUp.disposeAsync())

const ways = [
  ['inside a WebSocket', undefined],
  ['inside a WebSocket through a proxy with user and password', 'ann:p%40ss@'],
] as const
for (const [how, user] of ways) {
  test(`a connector enrols and serves ${how} [K1] [K2]`, async () => {
    await using proxy = await startProxy((head) =>
      head.includes(`Basic ${btoa('ann:p@ss')}\r\n`) ? undefined : 'HTTP/1.1 407 No\r\n\r\n',
    )
    const through = user === undefined ? [] : ['--proxy', `http://${user}127.0.0.1:${proxy.port}`]
    await using connector = await startConnector(
      edge,
      join(folder, `connector-${through.length}`),
      ...['--transport', 'websocket', ...through],
    )
    assert.equal((await client.request(edge.external('app'))).status, 200)
    // One to look at the authority, one to enrol, two links, of which one is enough to serve.
    const seen = through.length === 0 ? 0 : 4
    while (proxy.seen.length < seen) await setTimeout(20)
    assert.equal(proxy.seen.length, seen)
    await connector.stop()
  })
}

const hosts = [
  ['of the edge', 'localhost', '101'],
  ['of an application', 'app.contoso.localhost', '200'],
] as const
for (const [whose, host, status] of hosts) {
  test(`the path of the tunnel on a host ${whose} is answered ${status} [K2]`, async () => {
    const request = [
      'GET /sallyport/tunnel HTTP/1.1',
      `Host: ${host}:${edge.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    await using connector = await startConnector(edge, join(folder, `connector-${host}`))
    const answer = await rawExchange(
      { port: edge.port, tls: { servername: host, ca: edge.ca } },
      `${request.join('\r\n')}\r\n\r\n`,
      (received) => received.includes('\r\n\r\n'),
    )
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `))
    await connector.stop()
  })
}
