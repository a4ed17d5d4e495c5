import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  instantiate,
  openTestApi,
  publishWildcard,
  seedSegments,
  type TestApi,
} from './test-api.ts'

let api: TestApi
before(async () => {
  api = await openTestApi()
  const path = await publishWildcard(api)
  const segments = seedSegments.map((segment) => ({
    ...segment,
    externalUrl: segment.externalUrl.replace('constoso', 'contoso'),
  }))
  await api.call('PATCH', path, {
    onPremisesPublishing: { onPremisesApplicationSegments: segments },
  })
})
after(() => api[Symbol.asyncDispose]())

const explain = (request: object) => api.call('POST', '/beta/doctor/explain', { request })

test('explain says what becomes of a request, and why, step by step [D1]', async () => {
  const { status, body } = await explain({
    url: 'https://assets.contoso.net/x',
    method: 'OPTIONS',
    origin: 'https://home.contoso.net',
    headers: [{ name: 'Access-Control-Request-Method', value: 'PUT' }],
  })
  assert.equal(status, 200)
  assert.equal(body.outcome.status, 204)
  assert.deepEqual(body.outcome.headers[0], {
    name: 'Access-Control-Allow-Origin',
    value: 'https://home.contoso.net',
  })
  const [listen, resolve, cors] = body.steps
  assert.deepEqual(
    [listen.verdict, resolve.subject.displayName, cors.verdict, cors.subject.kind],
    ['passed', 'https://assets.contoso.net/', 'answered', 'corsConfiguration'],
  )
  assert.equal(body.explanation, cors.reason)
})

test('explain knows the person by either name, and who is not assigned [D1]', async () => {
  const { body: user } = await api.call('POST', '/beta/users', {
    accountEnabled: true,
    displayName: 'Ann',
    userPrincipalName: 'ann@contoso.net',
    passwordProfile: { password: 'correct horse battery' },
  })
  for (const who of [{ userId: user.id }, { userPrincipalName: 'ann@contoso.net' }]) {
    const { body } = await explain({ url: 'https://home.contoso.net/', ...who })
    assert.deepEqual([body.outcome.status, body.outcome.code], [403, 'not-assigned'])
  }
})

const refused = [
  ['no URL', {}, 'request/url'],
  [
    'a path in the origin',
    { url: 'https://a.example/', origin: 'https://b.example/x' },
    'request/origin',
  ],
  [
    'a person nobody knows',
    { url: 'https://a.example/', userPrincipalName: 'x' },
    'request/userPrincipalName',
  ],
  [
    'a header that is none',
    { url: 'https://a.example/', headers: [{ name: 'a b', value: '' }] },
    'request/headers/0/name',
  ],
  ['another protocol', { url: 'ftp://a.example/' }, 'request/url'],
] as const
for (const [what, request, target] of refused) {
  test(`explain refuses ${what}, and says where [D1] [G4]`, async () => {
    const { status, body } = await explain(request)
    assert.deepEqual([status, body.error.details[0].target], [400, target])
  })
}

test('the doctor is open to whoever manages applications, and to nobody else [D1] [G3]', async () => {
  const ask = (token: string) =>
    api.call(
      'POST',
      '/beta/doctor/explain',
      { request: { url: 'https://a.example/' } },
      {
        authorization: `Bearer ${token}`,
      },
    )
  assert.equal((await ask('applications')).status, 200)
  assert.equal((await ask('profiles')).status, 403)
})

const examine = (question: object) => api.call('POST', '/beta/doctor/examine', question)
const pageUrl = 'https://home.contoso.net/page'

test('examine names the problem, and each option can be sent as it stands [D2]', async () => {
  const question = { pageUrl, targetUrl: 'https://assets.contoso.net/x', method: 'DELETE' }
  const { body: healthy } = await examine(question)
  assert.deepEqual([healthy.verdict, healthy.corsError, healthy.findings], ['allowed', null, []])

  const reverse = {
    pageUrl: 'https://assets.contoso.net/',
    targetUrl: `${pageUrl}?a=b`,
    method: 'PUT',
  }
  const { status, body } = await examine(reverse)
  assert.deepEqual([status, body.verdict], [200, 'blocked'])
  assert.equal(body.corsError, 'PreflightMissingAllowOriginHeader')
  const [finding] = body.findings
  assert.equal(finding.id, 'no-rule')
  assert.deepEqual(finding.actual, [{ name: ':status', value: '403' }])
  const [option] = finding.options
  assert.equal(option.id, 'cors-rule')
  assert.match(option.diff[0].path, /^onPremisesPublishing\/segmentsConfiguration\//)

  const { method, path, body: change } = option.change
  assert.equal((await api.call(method, path, change)).status, 201)
  assert.equal((await examine(reverse)).body.verdict, 'allowed')
})

test('what an option is called goes into X-Change-Reason, whatever the application is called [D2] [G4]', async () => {
  const id = await instantiate(api, 'Bücher “β”')
  const urls = { externalUrl: 'https://b.fabrikam.net/', internalUrl: 'http://b.test/' }
  const path = `/beta/applications/${id}/onPremisesPublishing`
  await api.call('PATCH', path, { ...urls, isInMaintenance: true })
  const question = { pageUrl: urls.externalUrl, targetUrl: '/x' }
  const { body } = await examine(question)
  const [{ change }] = body.findings.find(
    (each: { id: string }) => each.id === 'in-maintenance',
  ).options
  assert.match(change.summary, /^End the maintenance of "B\?cher/)
  const reason = { 'x-change-reason': change.summary }
  assert.equal((await api.call(change.method, change.path, change.body, reason)).status, 204)
  assert.equal((await examine(question)).body.verdict, 'allowed')
})

test('examine takes a relative address, and what the application answers [D2]', async () => {
  const { body } = await examine({ pageUrl, targetUrl: '/x' })
  assert.deepEqual([body.verdict, body.findings[0].id], ['allowed', 'same-origin'])
  const { body: judged } = await examine({
    pageUrl,
    targetUrl: 'https://api.example/',
    backendAnswer: {
      status: 200,
      headers: [{ name: 'Access-Control-Allow-Origin', value: '*' }],
    },
  })
  assert.equal(judged.corsError, 'WildcardOriginNotAllowed')
})

/** The seed's two applications of one web server; the ids of what was made. */
async function publishSeed() {
  const urls = (name: string) => ({
    externalUrl: `https://${name.toLowerCase()}.fabrikam.com/`,
    internalUrl: `http://server.test/${name}/`,
  })
  for (const name of ['CORSWebClient', 'CORSWebService']) {
    const id = await instantiate(api, name)
    await api.call('PATCH', `/beta/applications/${id}`, { onPremisesPublishing: urls(name) })
  }
}

const questions = [
  ['a preflight', { method: 'PUT', contentType: 'application/json' }],
  ['no preflight', { backendAnswer: { status: 200 } }],
  [
    'an application that allows everybody',
    {
      backendAnswer: {
        status: 200,
        headers: [{ name: 'Access-Control-Allow-Origin', value: '*' }],
      },
    },
  ],
] as const

test('every option of the seed’s case is applied, cures the call, and is undone by the roll-back [D2] [G4]', async (t) => {
  await publishSeed()
  for (const [what, more] of questions) {
    const question = {
      pageUrl: 'https://corswebclient.fabrikam.com/',
      targetUrl: 'https://corswebservice.fabrikam.com/api/test',
      ...more,
    }
    const { body: before } = await examine(question)
    assert.equal(before.verdict, 'blocked')
    const options = before.findings[0].options.filter(({ change }: { change: unknown }) => change)
    assert.ok(options.length >= 3, what)
    for (const { id, change, retry, diff } of options) {
      await t.test(`${id}, with ${what}`, async () => {
        const applied = await api.call(change.method, change.path, change.body, {
          'x-change-reason': change.summary,
        })
        assert.ok(applied.status < 300, JSON.stringify(applied.body))
        assert.ok(diff.length > 0)
        assert.equal((await examine({ ...question, ...retry })).body.verdict, 'allowed')
        const revision = applied.headers.get('sallyport-revision')
        const undone = await api.call('POST', `/beta/revisions/${revision}/rollBack`, {})
        assert.equal(undone.status, 200)
        assert.equal((await examine(question)).body.verdict, 'blocked')
      })
    }
  }
})
