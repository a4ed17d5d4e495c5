import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  type Answered,
  instantiate,
  openTestApi,
  publishWildcard,
  segmentsOf,
  type TestApi,
} from './test-api.ts'

// What the original's documents leave open about defaults and values (docs/where-the-original-is-silent.md).

let api: TestApi
let application: string
before(async () => {
  api = await openTestApi()
  application = `/beta/applications/${await instantiate(api)}`
  const urls = { externalUrl: 'https://wiki.contoso.net/', internalUrl: 'http://wiki.test/' }
  const published = await patch(urls)
  assert.equal(published.status, 204)
})
after(() => api[Symbol.asyncDispose]())

function patch(onPremisesPublishing: object): Promise<Answered> {
  return api.call('PATCH', application, { onPremisesPublishing })
}

async function read() {
  const { body } = await api.call('GET', `${application}/onPremisesPublishing`)
  return body
}

const defaults = [
  [2, 'applicationType', null],
  [3, 'isStateSessionEnabled', true],
  [6, 'applicationServerTimeout', 'Default'],
  [17, 'isSecureCookieEnabled', true],
  [17, 'isHttpOnlyCookieEnabled', true],
  [18, 'externalAuthenticationType', 'aadPreAuthentication'],
] as const
for (const [question, name, value] of defaults) {
  test(`question ${question}: ${name} is ${JSON.stringify(value)} where nothing was said, and may be sent back [G1]`, async () => {
    const { [name]: shown } = await read()
    assert.deepEqual(shown, value)
    assert.equal((await patch({ [name]: shown })).status, 204)
  })
}

const said = [
  [3, { isStateSessionEnabled: false }, 204],
  [4, { trafficRoutingMethod: 'none' }, 204],
  [4, { trafficRoutingMethod: 'performance' }, 400],
  [5, { wafAllowedHeaders: null, wafIpRanges: [], wafProvider: '' }, 204],
  [
    5,
    {
      wafAllowedHeaders: { '@odata.type': '#microsoft.graph.wafAllowedHeadersDictionary', x: 'y' },
    },
    400,
  ],
  [5, { wafIpRanges: [{ cidrAddress: '203.0.113.0/24' }] }, 400],
  [5, { wafProvider: 'Cloudflare' }, 400],
  [19, { singleSignOnSettings: { singleSignOnMode: 'headerBased' } }, 204],
  [19, { singleSignOnSettings: { singleSignOnMode: 'aadHeaderBased' } }, 204],
  [19, { singleSignOnSettings: { singleSignOnMode: 'pingHeaderBased' } }, 400],
  [19, { singleSignOnSettings: { singleSignOnMode: 'password' } }, 400],
] as const
for (const [question, body, status] of said) {
  test(`question ${question}: ${JSON.stringify(body)} is answered ${status} [G1]`, async () => {
    assert.equal((await patch(body)).status, status)
  })
}

test('question 19: header-based sign-on is answered as the schema spells it [S12]', async () => {
  await patch({ singleSignOnSettings: { singleSignOnMode: 'headerBased' } })
  const { singleSignOnSettings } = await read()
  assert.equal(singleSignOnSettings.singleSignOnMode, 'aadHeaderBased')
})

test('question 12: segments and rules are filtered by what they are known by, and counted [G2]', async () => {
  const segments = segmentsOf(await publishWildcard(api, 'many.test'))
  for (const host of ['a', 'b']) {
    const externalUrl = `https://${host}.many.test/`
    await api.call('POST', segments, { externalUrl, internalUrl: `http://${host}.inside.test/` })
  }
  const [first] = (await api.call('GET', segments)).body.value
  const rules = `${segments}/${first.id}/corsConfigurations`
  const { body: rule } = await api.call('POST', rules, { resource: '/api' })
  const asked = [
    [`${segments}?$filter=id eq '${first.id}'`, 1],
    [`${segments}?$filter=externalUrl eq 'https://b.many.test/'`, 1],
    [`${segments}?$filter=startswith(internalUrl,'http://')&$top=1&$count=true`, 1],
    [`${rules}?$filter=id eq '${rule.id}'`, 1],
    [`${rules}?$filter=resource eq '/other'`, 0],
    [`${rules}?$select=resource&$orderby=resource desc`, 1],
  ] as const
  for (const [path, length] of asked) {
    const { status, body } = await api.call('GET', path)
    assert.equal(status, 200, path)
    assert.equal(body.value.length, length, path)
  }
})
