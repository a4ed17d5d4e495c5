import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../folder.ts'
import { HttpClient } from '../http-client.ts'
import { startConnector, startEdge } from '../pieces.ts'
import { publish } from '../world.ts'
import { edgesOf, isSoak } from './sizes.ts'

// X5 of the fault table: 200 changes, 500 requests a second.
const changes = isSoak ? 2_000 : 60
const clients = 8
const answersPerChange = 10
// Until the last worker has heard of a change.
const heardMaxMs = 1_000
// While a process stands still that passes news on, all of it is late: in some other round of changes it is not.
const roundsMax = 4

/** Says which target it was asked for. */
async function startEcho(cleanUp: AsyncDisposableStack): Promise<string> {
  const server = createServer((request, response) => response.end(request.url))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cleanUp.defer(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

for (const [what, more] of edgesOf('four', 'one')) {
  test(`${changes} changes under load at an edge of ${what}: no request fails, each is of one version, and none of an old one after ${heardMaxMs} ms [G4] [N2]`, async (t) => {
    await using cleanUp = new AsyncDisposableStack()
    const folder = cleanUp.use(await temporaryFolder()).path
    const internal = await startEcho(cleanUp)
    const edge = cleanUp.use(await startEdge(join(folder, 'edge'), { more }))
    cleanUp.use(await startConnector(edge, join(folder, 'connector')))
    const url = edge.external('app')
    // Said where a request is resolved, where it is sent to, and where its answer is dressed.
    const publishing = (version: number) => ({
      externalUrl: url,
      internalUrl: `${internal}${version}/`,
      responseHeaderRules: [{ action: 'add', name: 'X-Version', value: String(version) }],
    })
    const passthru = { externalAuthenticationType: 'passthru' }
    const id = await publish(edge.graph, 'App', { ...passthru, ...publishing(0) })

    const acknowledged = [performance.now()]
    let sent = 0
    let answers = 0
    let late = 0
    const traffic = new EventEmitter()
    const ended = new AbortController()
    const clientOf = async (keepAlive: boolean): Promise<void> => {
      await using client = new HttpClient({ ca: edge.ca, keepAlive })
      while (!ended.signal.aborted) {
        const oldest = newestBefore(acknowledged, performance.now() - heardMaxMs)
        const { status, headers, text } = await client.request(`${url}x`)
        const version = Number(headers['x-version'])
        assert.deepEqual([status, text], [200, `/${version}/x`])
        assert.ok(version <= sent, `${version} ≤ ${sent}`)
        if (version < oldest) late++
        answers++
        traffic.emit('answer')
      }
    }
    const round = async (): Promise<void> => {
      late = 0
      for (const last = sent + changes; sent < last; ) {
        const wanted = answers + answersPerChange
        while (answers < wanted) await once(traffic, 'answer', { signal: ended.signal })
        sent++
        await edge.graph.call('PATCH', `/applications/${id}`, {
          onPremisesPublishing: publishing(sent),
        })
        acknowledged.push(performance.now())
      }
    }
    const change = async (): Promise<void> => {
      for (let n = 0; n < roundsMax && (n === 0 || late > clients); n++) await round()
    }
    const started = performance.now()
    const load = Array.from({ length: clients }, (_, n) => clientOf(n % 4 > 0))
    await Promise.all([
      ...load.map((client) => client.finally(() => ended.abort())),
      change().finally(() => ended.abort()),
    ])
    const perSecond = (answers / (performance.now() - started)) * 1000
    t.diagnostic(`${answers} answers, ${perSecond.toFixed(0)} a second`)
    assert.equal(acknowledged.length, sent + 1)
    // A process that stood still answers once with what it knew, to those who have waited meanwhile.
    assert.ok(late <= clients, `${late} answers of versions older than ${heardMaxMs} ms`)
  })
}

/** The last version that was acknowledged before that moment. */
function newestBefore(acknowledged: readonly number[], moment: number): number {
  return Math.max(
    0,
    acknowledged.findLastIndex((at) => at <= moment),
  )
}
