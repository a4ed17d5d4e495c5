import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { after, before, test } from 'node:test'
import type { Client } from '@microsoft/microsoft-graph-client'
import type { App } from '../../demos/contoso/app.ts'
import { startCorsWebService } from '../../demos/contoso/web-service.ts'
import { isSoak } from '../faults/sizes.ts'
import { HttpClient, type TestResponse } from '../http-client.ts'
import { createOfficialClient } from '../official-client.ts'
import { cookieField } from '../page-call.ts'
import { signIn, startWorld, type World } from '../world.ts'

let world: World
let service: App
let client: HttpClient
let graph: Client
before(async () => {
  world = await startWorld()
  service = await startCorsWebService({ port: 0 })
  client = new HttpClient({ ca: world.ca })
  graph = createOfficialClient(world)
})
after(async () => {
  await client?.[Symbol.asyncDispose]()
  await service?.close()
  await world?.[Symbol.asyncDispose]()
})

const versions = isSoak ? 60 : 24
const connections = 8
// Enough that every change meets requests in all stages of their way; some hundreds of requests a second.
const answersPerVersion = 50

function publishing(version: number) {
  const segments = [
    { externalUrl: world.home, internalUrl: `http://localhost:${service.port}/` },
    {
      externalUrl: world.api,
      internalUrl: `http://127.0.0.1:${service.port}/api/${version}/`,
      responseHeaderRules: [{ action: 'add', name: 'X-Segment', value: String(version) }],
      corsConfigurations: [
        { resource: '/', allowedOrigins: [world.home], exposedHeaders: [`x-${version}`] },
      ],
    },
  ]
  const shape =
    version % 2 === 0
      ? { onPremisesApplicationSegments: segments }
      : {
          segmentsConfiguration: {
            '@odata.type': '#microsoft.graph.webSegmentConfiguration',
            applicationSegments: segments,
          },
        }
  const responseHeaderRules = [{ action: 'add', name: 'X-Application', value: String(version) }]
  return { onPremisesPublishing: { ...shape, responseHeaderRules } }
}

/** The version an answer was made by, said in four places. Fails when they differ. */
function versionOf(answer: TestResponse): number {
  assert.equal(answer.status, 200)
  const { url } = JSON.parse(answer.text) as { url: string }
  const version = String(answer.headers['x-application'])
  assert.equal(answer.headers['x-segment'], version)
  assert.equal(answer.headers['access-control-expose-headers'], `x-${version}`)
  assert.equal(url, `/api/${version}/x`)
  return Number(version)
}

test(`${versions} changes by the official Graph client under load, in both shapes: no request is lost or served by two versions [G1] [G2] [S2]`, async (t) => {
  await using profile = await world.profile()
  await signIn(await profile.newPage(), world.home, world.alice)
  const cookie = await cookieField(profile, world.api)
  const headers = { cookie, origin: new URL(world.home).origin }
  const change = (version: number) =>
    graph.api(`/applications/${world.applicationId}`).patch(publishing(version))

  await change(1)
  let [acknowledged, sent, answers] = [1, 1, 0]
  const traffic = new EventEmitter()
  let ending = false
  const worker = async (): Promise<void> => {
    while (!ending) {
      const oldest = acknowledged
      const version = versionOf(await client.request(`${world.api}x`, { headers }))
      assert.ok(version >= oldest && version <= sent, `${oldest} ≤ ${version} ≤ ${sent}`)
      answers += 1
      traffic.emit('answer')
    }
  }
  const started = performance.now()
  const workers = Promise.all(Array.from({ length: connections }, worker))
  const changes = async (): Promise<void> => {
    while (sent < versions) {
      const wanted = answers + answersPerVersion
      while (answers < wanted) await once(traffic, 'answer')
      sent += 1
      await change(sent)
      acknowledged = sent
    }
    ending = true
  }
  await Promise.all([workers, changes()]).finally(() => {
    ending = true
  })
  const seconds = (performance.now() - started) / 1000
  assert.equal(acknowledged, versions)
  assert.ok(answers >= (versions - 1) * answersPerVersion)
  t.diagnostic(`${answers} answers in ${seconds.toFixed(1)} s`)
})

const segmentsPath =
  'onPremisesPublishing/segmentsConfiguration/microsoft.graph.webSegmentConfiguration/applicationSegments'

test('segments and CORS rules as resources of their own are effective at once [G2] [C11]', async () => {
  const segments = `/applications/${world.applicationId}/${segmentsPath}`
  const [first, second] = [world.external('first'), world.external('second')]
  const status = async (url: string) => (await client.request(url)).status
  const origin = new URL(world.home).origin
  const preflight = async (method: string) => {
    const headers = { origin, 'access-control-request-method': method }
    return (await client.request(`${second}x`, { method: 'OPTIONS', headers })).status
  }

  assert.equal(await status(first), 404)
  await graph.api(segments).post({
    externalUrl: first,
    internalUrl: `http://127.0.0.1:${service.port}/own/`,
  })
  assert.equal(await status(first), 401)

  const { value } = await graph.api(segments).get()
  const { id } = value.find((each: { externalUrl: string }) => each.externalUrl === first)
  await graph.api(`${segments}/${id}`).patch({ externalUrl: second })
  assert.deepEqual([await status(first), await status(second)], [404, 401])

  assert.equal(await preflight('PUT'), 403)
  const rules = `${segments}/${id}/corsConfigurations`
  const rule = await graph.api(rules).post({
    resource: '/',
    allowedOrigins: [`${origin}/`],
    allowedMethods: ['PUT'],
  })
  assert.deepEqual([await preflight('PUT'), await preflight('DELETE')], [204, 403])
  await graph.api(`${rules}/${rule.id}`).patch({ allowedMethods: ['DELETE'] })
  assert.deepEqual([await preflight('PUT'), await preflight('DELETE')], [403, 204])
  await graph.api(`${rules}/${rule.id}`).delete()
  assert.equal(await preflight('DELETE'), 403)

  await graph.api(`${segments}/${id}`).delete()
  assert.equal(await status(second), 404)
})
