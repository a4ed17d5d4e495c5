import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { HttpClient } from '../http-client.ts'
import { Http2Connection } from '../http2-client.ts'
import { type ServedEdge, startServedEdge } from './served-edge.ts'

const cleanUp = new AsyncDisposableStack()
let served: ServedEdge
let client: HttpClient
before(async () => {
  const inject = import.meta.resolve('./inject-mishaps.ts')
  served = await startServedEdge(cleanUp, {
    env: { NODE_OPTIONS: `--import=${inject}` },
    more: ['--workers', '2'],
  })
  client = cleanUp.use(new HttpClient({ ca: served.edge.ca }))
})
after(() => cleanUp.disposeAsync())

const mishaps = [
  ['the pipeline throws', (): string => `${served.open}mishap/now`, 500],
  ['a page of the sign-in throws', (): string => `${served.guarded}.sallyport/mishap-handle`, 500],
  [
    'an own host throws',
    (): string => `${served.edge.external('login')}.sallyport/mishap-relay`,
    500,
  ],
  ['a timer throws', (): string => `${served.open}mishap/timer`, 200],
  ['nobody waits for a promise that fails', (): string => `${served.open}mishap/promise`, 200],
] as const
for (const [what, urlOf, status] of mishaps) {
  for (const version of ['HTTP/1.1', 'HTTP/2']) {
    test(`when ${what} over ${version}, that request gets ${status} and the process lives [N3]`, async () => {
      const url = urlOf()
      if (version === 'HTTP/1.1') assert.equal((await client.request(url)).status, status)
      else {
        await using connection = await Http2Connection.open(url, served.edge.ca)
        const answer = await connection.ask({ ':path': new URL(url).pathname })
        assert.equal(answer.status, status)
        // The same connection goes on.
        if (url.startsWith(served.open)) {
          assert.equal((await connection.ask({ ':path': '/' })).status, 200)
        }
      }
      await served.edge.command.said('a mishap made for a test')
      assert.equal((await client.request(served.open)).status, 200)
      assert.doesNotMatch(served.edge.command.stderr, /an edge worker ended/)
    })
  }
}

test('a broken invariant costs the worker where it broke, which is replaced, and no other', async () => {
  await client.request(`${served.open}mishap/invariant`).catch(() => undefined)
  await served.edge.command.said('an edge worker ended')
  assert.match(served.edge.command.stderr, /an invariant is broken/)
  assert.equal((await client.request(served.open)).status, 200)
})
