import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { HttpClient } from '../http-client.ts'
import { sallyport, startEdge } from '../pieces.ts'
import { publish } from '../world.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-limits-'))
})
after(() => rm(folder, { recursive: true, force: true }))

test('limits in a file hold instead of the strict ones, over HTTP/1.1', async () => {
  const file = join(folder, 'limits.json')
  await writeFile(file, '{"message":{"headFields":10},"http1":{"keepAliveSeconds":1}}')
  await using edge = await startEdge(join(folder, 'edge'), { more: ['--limits', file] })
  // A connection that is kept for a second only may end under the next request.
  await using client = new HttpClient({ ca: edge.ca, keepAlive: false })
  const externalUrl = edge.external('app')
  await publish(edge.graph, 'App', { externalUrl, internalUrl: 'http://127.0.0.1:9/' })
  const ask = (fields: number) => {
    const headers = Object.fromEntries(Array.from({ length: fields }, (_, i) => [`x-${i}`, '1']))
    return client.request(externalUrl, { headers })
  }
  assert.equal((await ask(3)).status, 401)
  assert.equal((await ask(10)).status, 431)
})

test('an application has as many segments as the command line says, and whoever wants more is told so [P9]', async () => {
  await using edge = await startEdge(join(folder, 'segments'), { more: ['--segments-max', '2'] })
  const segments = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      externalUrl: edge.external(`s${i}`),
      internalUrl: `http://127.0.0.1:${i + 1}/`,
    }))
  const id = await publish(edge.graph, 'Two', { onPremisesApplicationSegments: segments(2) })
  const onPremisesPublishing = { onPremisesApplicationSegments: segments(3) }
  await assert.rejects(
    edge.graph.call('PATCH', `/applications/${id}`, { onPremisesPublishing }),
    /3 segments are more than the 2 that this edge allows .*--segments-max/,
  )
  const path = `/applications/${id}/onPremisesPublishing`
  const kept = (await edge.graph.call('GET', path))?.['onPremisesApplicationSegments']
  assert.equal((kept as unknown[]).length, 2)
})

test('a file with limits that are none is refused in sentences, all of them, before anything starts', async () => {
  const file = join(folder, 'wrong.json')
  await writeFile(file, '{"http1":{"headSeconds":0,"tailSeconds":1}}')
  const args = ['edge', '--data', join(folder, 'none'), '--domain', 'contoso.localhost']
  await using command = sallyport(...args, '--limits', file)
  assert.equal(await command.exit, 1)
  assert.match(command.stderr, /http1\/headSeconds must be a whole number from 1/)
  assert.match(command.stderr, /http1\/tailSeconds is no limit; there are headSeconds, /)
  assert.equal(command.stdout, '')
})
