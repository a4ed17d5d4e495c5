import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { TestAuthority } from '../src/certificates/fixture-authority.ts'
import { Exchange } from '../src/cli/exchange.ts'

// What the command line takes for silence. An edge that is there answers within it on the busiest machine, also when that
// stands still for two seconds.
const longMs = 3_000
const shortMs = 50

/** An edge that keeps `GET /slow` waiting; `asked` is told of every HEAD, and says whether it is answered. */
async function startSlowEdge(
  t: TestContext,
  silenceMs: number,
  asked: (slow: ServerResponse) => boolean,
) {
  const authority = await TestAuthority.create()
  const { certificate: cert, key } = await authority.issue(['localhost'])
  const slow = Promise.withResolvers<ServerResponse>()
  const server = createServer({ cert, key }, async (request, response) => {
    if (request.method !== 'HEAD') slow.resolve(response)
    else if (asked(await slow.promise)) response.writeHead(404).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const home = `https://localhost:${(server.address() as AddressInfo).port}`
  const { signal } = new AbortController()
  const exchange = new Exchange({ ca: authority.pem, home, environment: {}, signal }, silenceMs)
  t.after(() => exchange[Symbol.dispose]())
  return () => exchange.send({ method: 'GET', url: new URL('/slow', home), headers: {} })
}

test('a call that takes long is waited for as long as the edge answers something else [G6]', async (t) => {
  let times = 0
  const send = await startSlowEdge(t, longMs, (slow) => {
    times++
    if (times === 2) slow.end('done')
    return true
  })
  assert.equal((await send()).text, 'done')
  assert.equal(times, 2)
})

test('an edge that answers nothing any more is given up, and it is said for how long it was waited for', async (t) => {
  const send = await startSlowEdge(t, shortMs, () => false)
  await assert.rejects(send(), /no answer within/)
})
