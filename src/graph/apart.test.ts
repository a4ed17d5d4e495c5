import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../base/log.ts'
import { openDirectory } from '../directory/open.ts'
import { createApart } from './apart.ts'
import { instantiate, openTestApi, testProviders } from './test-api.ts'
import type { ApartAnswer, ApartCall, Workshop } from './workshop.ts'

/** An API whose large calls are answered as another thread does: whatever goes there and back is data. */
async function openApart() {
  const directory = await openDirectory({ file: ':memory:', clock: Date.now, log: silentLog })
  const answer = createApart({
    ...{ directory, clock: Date.now, log: silentLog, providers: testProviders },
    servedPorts: { https: [443], http: [80] },
    ownOrigins: new Set(),
  })
  const calls: ApartCall[] = []
  const workshop: Workshop = {
    async answer(call): Promise<ApartAnswer> {
      calls.push(structuredClone(call))
      return structuredClone(await answer(structuredClone(call)))
    },
  }
  const api = await openTestApi(Date.now, { directory, workshop })
  return {
    ...{ api, calls },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
}

const whole = '/beta/configuration'

test('every route that is answered apart is answered there as it is here [G4] [G6]', async () => {
  await using opened = await openApart()
  const { api, calls } = opened
  await instantiate(api)
  const document = (await api.call('GET', whole)).body
  const more = { ...document, groups: [{ displayName: 'Staff' }] }
  const compared = await api.call('POST', `${whole}/diff`, { document: more })
  assert.equal(compared.body.changes[0].displayName, 'Staff')
  const applied = await api.call('POST', `${whole}/apply`, { document: more })
  assert.equal(applied.status, 200)
  assert.equal(applied.headers.get('sallyport-revision'), applied.body.revisionId)
  const revision = `/beta/revisions/${applied.body.revisionId}`
  const read = await api.call('GET', revision)
  assert.equal(read.body.changes[0].displayName, 'Staff')
  const etag = read.headers.get('etag') ?? ''
  assert.equal((await api.call('GET', revision, undefined, { 'if-none-match': etag })).status, 304)
  const back = await api.call('POST', `${revision}/rollBack`, {})
  assert.equal(back.status, 200)
  assert.deepEqual((await api.call('GET', whole)).body, document)
  assert.deepEqual([...new Set(calls.map(({ method, path }) => `${method} ${path}`))].sort(), [
    'GET /configuration',
    'GET /revisions/:revision',
    'POST /configuration/apply',
    'POST /configuration/diff',
    'POST /revisions/:revision/rollBack',
  ])
  // Who calls was decided here; their token is nobody else's affair.
  assert.ok(!JSON.stringify(calls).includes('Bearer'))
})

const refused = [
  ['an issue', 'POST', '/apply', { document: { version: 2 } }, 400, 'must be 1'],
  ['a body that is no JSON', 'POST', '/apply', '{', 400, 'not valid JSON'],
  ['an option', 'GET', '?include=secrets', undefined, 400, 'include can be'],
] as const
for (const [what, method, path, body, status, message] of refused) {
  test(`what is wrong with ${what} is told as if it had been answered here`, async () => {
    await using opened = await openApart()
    const { api, calls } = opened
    const answered = await api.call(method, `${whole}${path}`, body)
    assert.equal(answered.status, status)
    assert.match(answered.body.error.message, new RegExp(message))
    assert.equal(calls.length, 1)
  })
}

test('whoever may not use a route gets nothing apart [G3]', async () => {
  await using opened = await openApart()
  const { api, calls } = opened
  const authorization = 'Bearer nobody'
  const answered = await api.call('POST', `${whole}/apply`, { document: {} }, { authorization })
  assert.equal(answered.status, 403)
  assert.deepEqual(calls, [])
})
