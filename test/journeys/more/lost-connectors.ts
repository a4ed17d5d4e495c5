import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startCountedEdge } from '../../counted-edge.ts'
import { temporaryFolder } from '../../folder.ts'
import { startConnector } from '../../pieces.ts'

test('connectors are killed one after the other until none is left: GETs wait for the next one, no POST comes twice [K3]', async () => {
  await using cleanUp = new AsyncDisposableStack()
  // However long a connector takes to start on a busy machine.
  const limits = join(cleanUp.use(await temporaryFolder()).path, 'limits.json')
  await writeFile(limits, '{"tunnel":{"linkReturnMs":60000}}')
  const world = await startCountedEdge(cleanUp, { more: ['--limits', limits] })
  const { edge, backend, client, folder, url } = world
  const add = async (name: string) => cleanUp.use(await startConnector(edge, join(folder, name)))
  const statusOf = async (method: string, target: string): Promise<number> => {
    const body = method === 'POST' ? { body: 'once' } : {}
    return (await client.request(url + target, { method, ...body })).status
  }
  const [first, second] = [await add('first'), await add('second')]
  const targets = Array.from({ length: 10 }, (_, n) => `killed/${n}`)
  const held = backend.hold(20)
  const gets = targets.map((target) => statusOf('GET', target))
  const posts = targets.map((target) => statusOf('POST', target))
  await held
  for (const connector of [first, second]) {
    connector.signal('SIGKILL')
    await connector.exit
  }
  assert.deepEqual(await Promise.all(posts), Array(10).fill(502))
  backend.release()
  await add('third')
  assert.deepEqual(await Promise.all(gets), Array(10).fill(200))
  for (const target of targets) assert.equal(backend.arrivals.get(`POST /${target}`), 1)
})
