import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { instantiate, openTestApi } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

interface Part {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ReturnType<typeof JSON.parse>
}

async function batch(requests: readonly object[], headers?: object): Promise<readonly Part[]> {
  const { status, body } = await api.call('POST', '/beta/$batch', { requests }, headers)
  assert.equal(status, 200, JSON.stringify(body))
  return body.responses
}

test('each request of a batch is answered as if it had come alone [G1]', async () => {
  const id = await instantiate(api, 'Batched')
  const parts = await batch([
    { id: '1', method: 'GET', url: `/applications/${id}?$select=displayName` },
    { id: '2', method: 'patch', url: `applications/${id}`, body: { displayName: 'Other' } },
    { id: '3', method: 'GET', url: '/users/$count' },
    { id: '4', method: 'GET', url: '/nothing', headers: { 'client-request-id': 'mine' } },
  ])
  assert.deepEqual(
    parts.map((part) => [part.id, part.status]),
    [
      ['1', 200],
      ['2', 204],
      ['3', 200],
      ['4', 404],
    ],
  )
  assert.equal(parts[0]?.body.displayName, 'Batched')
  assert.equal(parts[2]?.body, '0')
  assert.equal(parts[3]?.body.error.innerError['client-request-id'], 'mine')
  assert.equal((await api.call('GET', `/beta/applications/${id}`)).body.displayName, 'Other')
})

test('what depends on a failure is not done, what depends on a success is done after it [G1]', async () => {
  const create = { method: 'POST', url: '/groups' }
  const parts = await batch([
    { id: 'late', ...create, body: { displayName: 'Late' }, dependsOn: ['early'] },
    { id: 'never', ...create, body: { displayName: 'Never' }, dependsOn: ['wrong'] },
    { id: 'never-either', ...create, body: { displayName: 'Never' }, dependsOn: ['never'] },
    { id: 'early', ...create, body: { displayName: 'Early' } },
    { id: 'wrong', ...create, body: { displayName: 7 } },
  ])
  const said = parts.map(({ id, status }) => `${id} ${status}`)
  assert.deepEqual(said, ['early 201', 'late 201', 'wrong 400', 'never 424', 'never-either 424'])
  assert.equal((await api.directory.groups()).length, 2)
})

test('a batch has the permissions of its caller and no others [G3]', async () => {
  const authorization = 'Bearer applications'
  const parts = await batch(
    [
      { id: '1', method: 'GET', url: '/applications' },
      { id: '2', method: 'GET', url: '/users' },
    ],
    { authorization },
  )
  assert.deepEqual(
    parts.map(({ status }) => status),
    [200, 403],
  )
  const reason = { 'x-change-reason': 'ticket 4711' }
  await batch([{ id: '1', method: 'POST', url: '/groups', body: { displayName: 'G' } }], reason)
  const { body } = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')
  assert.equal(body.value[0].resultReason, 'ticket 4711')
})

const get = { id: '1', method: 'GET', url: '/users' }
const refused = [
  ['none', [], ['requests']],
  ['twenty-one', Array.from({ length: 21 }, (_, at) => ({ ...get, id: `${at}` })), ['requests']],
  ['one id twice', [get, get], ['requests/1/id']],
  ['an unknown dependency', [{ ...get, dependsOn: ['2'] }], ['requests/0/dependsOn/0']],
  [
    'a circle',
    [
      { ...get, dependsOn: ['2'] },
      { ...get, id: '2', dependsOn: ['1'] },
    ],
    ['requests'],
  ],
  ['another host', [{ ...get, url: 'https://evil.test/beta/users' }], ['requests/0/url']],
  ['another host without scheme', [{ ...get, url: '//evil.test/users' }], ['requests/0/url']],
  ['another version', [{ ...get, url: '/../v1.0/users' }], ['requests/0/url']],
  ['a batch within', [{ ...get, method: 'POST', url: '/%24BATCH' }], ['requests/0/url']],
  ['a batch that is spelt otherwise', [{ ...get, url: '/$%62atch' }], ['requests/0/url']],
  ['a batch behind dots', [{ ...get, url: 'users/%2e%2e/./$batch/' }], ['requests/0/url']],
  ['a body that nobody reads', [{ ...get, body: {} }], ['requests/0/body']],
  [
    'a token of its own',
    [{ ...get, headers: { Authorization: 'x' } }],
    ['requests/0/headers/Authorization'],
  ],
  ['a broken field', [{ ...get, headers: { a: 'b\r\nc: d' } }], ['requests/0/headers/a']],
  ['another method', [{ ...get, method: 'TRACE' }], ['requests/0/method']],
  [
    'two mistakes',
    [{ ...get, id: 7 }, { method: 'GET' }],
    ['requests/0/id', 'requests/1/id', 'requests/1/url'],
  ],
] as const
for (const [what, requests, targets] of refused) {
  test(`a batch with ${what} is refused as a whole [G4]`, async () => {
    const { status, body } = await api.call('POST', '/beta/$batch', { requests })
    assert.equal(status, 400)
    assert.deepEqual(
      body.error.details.map(({ target }: { target: string }) => target),
      targets,
    )
  })
}

test('each request of a batch counts for itself where a caller asks too much', async () => {
  const { Throttle } = await import('./throttle.ts')
  const limits = { unitsBurst: 12, unitsPerSecond: 1, callersMax: 10 }
  const throttle = new Throttle(limits, () => 0)
  await using small = await openTestApi(() => 0, { throttle })
  const requests = Array.from({ length: 20 }, (_, at) => ({ ...get, id: `${at}` }))
  const { body } = await small.call('POST', '/beta/$batch', { requests })
  const statuses = body.responses.map(({ status }: Part) => status)
  assert.equal(statuses.filter((status: number) => status === 200).length, 3)
  assert.equal(statuses.at(-1), 429)
})

test('behind a path of its own a batch finds its way, and links lead back there', async () => {
  await using below = await openTestApi(Date.now, { baseUrl: 'https://portal.test/api' })
  const requests = [{ id: '1', method: 'POST', url: '/groups', body: { displayName: 'Crew' } }]
  const { body } = await below.call('POST', '/beta/$batch', { requests })
  const [made] = body.responses
  assert.equal(made.status, 201)
  assert.equal(made.headers.location, `https://portal.test/api/beta/groups/${made.body.id}`)
})
