import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { signInByForms } from '../form-sign-in.ts'
import { freePort } from '../free-port.ts'
import { HttpClient } from '../http-client.ts'
import { startEdge, untilConnectors } from '../pieces.ts'
import { openRawSocket } from '../raw-socket.ts'
import { alice, startServedEdge } from './served-edge.ts'
import { edgesOf } from './sizes.ts'

for (const [what, more] of edgesOf('several', 'one')) {
  test(`an edge of ${what} that is killed under traffic comes back with every session and change, and its connectors [K4] [S6]`, async (t) => {
    await using cleanUp = new AsyncDisposableStack()
    const { edge, application, folder, open, openId, guarded } = await startServedEdge(cleanUp, {
      // It comes back where it was.
      ports: [await freePort()],
      more,
    })
    const client = cleanUp.use(new HttpClient({ ca: edge.ca, keepAlive: false }))
    await signInByForms(client, guarded, alice)
    const { cut } = await holdRequests(edge, application, open)
    await edge.graph.call('PATCH', `/applications/${openId}`, { displayName: 'The last change' })

    edge.command.signal('SIGKILL')
    await cut
    await edge.command.gone()
    application.release()
    const again = cleanUp.use(await startEdge(join(folder, 'edge'), { ports: [edge.port], more }))
    const listening = performance.now()
    // How long they pause grows with how long it was away.
    await untilConnectors(again.graph, (active) => active.length === 1)
    t.diagnostic(`${(performance.now() - listening).toFixed(0)} ms`)
    for (let n = 0; n < 10; n++) assert.equal((await client.request(guarded)).status, 200)
    const kept = await again.graph.call('GET', `/applications/${openId}`)
    assert.equal(kept?.['displayName'], 'The last change')
  })
}

/** Requests that the application thinks about; resolves, when it has them all, to their end. */
async function holdRequests(
  edge: { readonly port: number; readonly ca: string },
  application: { hold(count: number): Promise<void> },
  url: string,
): Promise<{ readonly cut: Promise<unknown> }> {
  const { host, hostname: servername } = new URL(url)
  const tls = { servername, ca: edge.ca }
  const sockets = await Promise.all(
    Array.from({ length: 20 }, () => openRawSocket({ port: edge.port, tls })),
  )
  const held = application.hold(sockets.length)
  for (const [n, socket] of sockets.entries()) {
    socket.on('error', () => {}) // A killed edge resets.
    socket.write(`GET /${n} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  }
  await held
  return { cut: Promise.all(sockets.map((socket) => once(socket, 'close'))) }
}
