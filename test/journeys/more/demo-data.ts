import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { GraphClient, type Json } from '../../../src/run/graph-client.ts'
import { temporaryFolder } from '../../folder.ts'
import { signInByForms } from '../../form-sign-in.ts'
import { freePort } from '../../free-port.ts'
import { HttpClient } from '../../http-client.ts'
import { RunningCommand } from '../../process.ts'
import type { WorldUser } from '../../world.ts'

interface Ready {
  readonly port: number
  readonly ca: string
  readonly users: readonly WorldUser[]
  readonly graph: GraphClient
  readonly applicationId: string
  readonly api: string
}

/** `sallyport demo` with its data in this folder. */
class Demo extends RunningCommand {
  constructor(folder: string, port = 0) {
    const options = ['--json', '--data', folder, '--port', String(port)]
    super(process.execPath, ['src/main.ts', 'demo', ...options])
  }

  async ready(): Promise<Ready> {
    const line = JSON.parse(await this.line((text) => text.startsWith('{')))
    const ca = await readFile(line.ca, 'utf8')
    const { port } = new URL(line.edge)
    const graph = new GraphClient(line.graph, line.graphToken, ca)
    const [{ id, segments }] = line.applications
    const api = segments[1].externalUrl
    return { port: Number(port), ca, users: line.users, graph, applicationId: id, api }
  }
}

test('restarted with its data folder it knows its people, its applications and who is signed in, and moves to another port when told to', async () => {
  await using folder = await temporaryFolder()
  // One that nobody else is given between the two starts.
  const first = new Demo(folder.path, await freePort())
  const before = await first.ready()
  const [alice] = before.users as readonly [WorldUser]
  await using client = new HttpClient({ ca: before.ca })
  await signInByForms(client, `${before.api}api/`, alice)
  const rules = await readRules(before)
  await first.stop()

  const second = new Demo(folder.path, before.port)
  const again = await second.ready()
  assert.deepEqual(again.users, before.users)
  assert.equal(again.applicationId, before.applicationId)
  assert.deepEqual(await readRules(again), rules)
  const answer = await client.request(`${again.api}api/still-signed-in`)
  assert.equal(answer.status, 200)
  await second.stop()

  await using third = new Demo(folder.path)
  const moved = await third.ready()
  assert.notEqual(moved.port, before.port)
  assert.deepEqual(moved.users, before.users)
  const preflight = await client.request(`${moved.api}api/orders`, {
    method: 'OPTIONS',
    headers: {
      origin: `https://home.contoso.localhost:${moved.port}`,
      'access-control-request-method': 'PUT',
    },
  })
  assert.equal(preflight.status, 204)
  await using fresh = new HttpClient({ ca: moved.ca })
  const page = await signInByForms(fresh, `${moved.api}api/`, alice)
  assert.equal(page.status, 200)
  await Promise.all([before, again, moved].map(({ graph }) => graph.close()))
})

async function readRules({ graph, applicationId }: Ready): Promise<unknown> {
  const path = `/applications/${applicationId}/onPremisesPublishing`
  const publishing = (await graph.call('GET', path)) as Json
  const segments = publishing['onPremisesApplicationSegments'] as readonly Json[]
  return segments.map((segment) => segment['corsConfigurations'])
}

test('a start that was cut short is made good by the next one, and meanwhile nobody else may use the folder', async () => {
  await using folder = await temporaryFolder()
  const cut = new Demo(folder.path)
  await cut.said('publishing')
  cut.signal('SIGKILL')
  await cut.gone()

  await using demo = new Demo(folder.path)
  const ready = await demo.ready()
  await using other = new Demo(folder.path)
  assert.equal(await other.exit, 1)
  assert.match(other.stderr, /^✗ .*\/edge is in use by another edge\. Give each one its own /m)

  await using client = new HttpClient({ ca: ready.ca })
  for (const user of ready.users) {
    const page = await signInByForms(client, `${ready.api}api/`, user)
    assert.equal(page.status, 200)
    client.cookies.clear() // the next person at the same browser
  }
  await ready.graph.close()
})

for (const [file, content, said] of [
  ['demo.json', '{', /^✗ .*\/demo\.json is damaged\. /m],
  ['edge/keys.json', '{"seal":""}', /^✗ .*\/edge\/keys\.json is damaged\. /m],
  ['edge/ca.pem', 'no certificate', /^✗ .*\/edge\/ca\.pem .* is damaged or missing\. /m],
  ['edge/sallyport.sqlite', 'no database at all', /^✗ the file is not a database \(.*sqlite\)/m],
] as const) {
  test(`a damaged ${file} is told in a sentence and left as it is`, async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'edge'))
    await writeFile(join(folder.path, file), content)
    await using demo = new Demo(folder.path)
    assert.equal(await demo.exit, 1)
    assert.match(demo.stderr, said)
    assert.equal(await readFile(join(folder.path, file), 'utf8'), content)
  })
}

// The one place where not even root may make a folder; not every chroot has it.
const unmakeable = existsSync('/sys/kernel') ? false : 'no sysfs is mounted here'
test('a data folder that may not be made is told in a sentence', { skip: unmakeable }, async () => {
  await using demo = new Demo('/sys/sallyport')
  assert.equal(await demo.exit, 1)
  assert.match(demo.stderr, /^✗ \/sys\/sallyport .*(?:written by this user|read-only)/m)
})

for (const [what, folder, said] of [
  ['is a file', '/dev/null', /^✗ \/dev\/null is there already and is not a folder\.$/m],
  ['lies below a file', '/dev/null/data', /^✗ \/dev\/null\/data is not a folder\.$/m],
] as const) {
  test(`a data folder that ${what} is told in a sentence`, async () => {
    await using demo = new Demo(folder)
    assert.equal(await demo.exit, 1)
    assert.match(demo.stderr, said)
  })
}
