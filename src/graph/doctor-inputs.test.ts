import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RequestRecord } from '../base/request-record.ts'
import { openTestApi, publishWildcard, seedSegments, type TestApi } from './test-api.ts'

const record: RequestRecord = {
  id: '0a1b2c3d-0000-4000-8000-000000000001',
  startedDateTime: '2026-11-22T08:00:00.000Z',
  durationInMilliseconds: 3,
  isOpen: false,
  method: 'OPTIONS',
  url: 'https://assets.contoso.net/elsewhere?…',
  protocol: 'HTTP/2',
  status: 403,
  kind: 'preflight',
  origin: 'https://shop.example',
  ipAddress: '198.51.100.7',
  userAgent: 'test',
  requestBytes: 0,
  responseBytes: 0,
  steps: [],
}

let api: TestApi
before(async () => {
  const requests = {
    list: async () => [],
    watch: () => undefined,
    find: async (id: string) => (id === record.id ? record : undefined),
  }
  api = await openTestApi(Date.now, { requests })
  const path = await publishWildcard(api)
  const onPremisesApplicationSegments = seedSegments.map((segment) => ({
    ...segment,
    externalUrl: segment.externalUrl.replace('constoso', 'contoso'),
  }))
  await api.call('PATCH', path, { onPremisesPublishing: { onPremisesApplicationSegments } })
})
after(() => api[Symbol.asyncDispose]())

const examine = (question: object) => api.call('POST', '/beta/doctor/examine', question)
const target = 'https://assets.contoso.net/x'
const chromium = (origin: string) =>
  `Access to fetch at '${target}' from origin '${origin}' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.`
const firefox = `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${target}. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.`

test('examine takes what a console says, and tells what it understood and took for granted [D2]', async () => {
  const { status, body } = await examine({ consoleMessage: chromium('https://shop.example') })
  assert.equal(status, 200)
  assert.equal(body.findings[0].id, 'origin-not-allowed')
  assert.deepEqual(body.said, {
    browser: 'Chromium',
    corsError: 'PreflightMissingAllowOriginHeader',
    failedParameter: null,
  })
  assert.partialDeepStrictEqual(body.call, { targetUrl: target, method: 'POST', count: 1 })
  assert.equal(body.notes.length, 1)
})

test('what the caller says counts more than what the console does [D2]', async () => {
  const question = { consoleMessage: chromium('https://shop.example'), method: 'PUT', headers: [] }
  const { body } = await examine(question)
  assert.partialDeepStrictEqual(body.call, { method: 'PUT', headers: [] })
  assert.deepEqual(body.notes, [])
})

test('examine says so when the configuration has changed since the message [D2]', async () => {
  const { body } = await examine({
    consoleMessage: chromium('https://home.contoso.net'),
    method: 'GET',
    headers: [],
  })
  assert.equal(body.verdict, 'allowed')
  assert.match(body.notes.at(-1), /^Chromium reported PreflightMissingAllowOriginHeader/)
})

test('examine takes Firefox’s message along with the page, several messages, the blocked ones first [D2]', async () => {
  const { body } = await examine({ consoleMessage: firefox, pageUrl: 'https://shop.example/' })
  assert.deepEqual([body.verdict, body.said.browser], ['blocked', 'Firefox'])
  const two = `${chromium('https://home.contoso.net')}\n${chromium('https://shop.example')}`
  const { body: several } = await examine({ consoleMessage: two, method: 'GET', headers: [] })
  assert.equal(several.call.pageUrl, 'https://shop.example/')
  assert.deepEqual(several.others, [])
})

test('examine takes a request that the edge remembers, and a HAR file as text or as it is [D2]', async () => {
  const { body } = await examine({ requestId: record.id, method: 'PATCH' })
  assert.equal(body.findings[0].id, 'origin-not-allowed')
  assert.partialDeepStrictEqual(body.call, {
    pageUrl: 'https://shop.example/',
    targetUrl: 'https://assets.contoso.net/elsewhere',
    method: 'PATCH',
  })
  const headers = [{ name: 'Origin', value: 'https://shop.example' }]
  const request = { method: 'GET', url: `${target}?secret`, headers, cookies: [] }
  const har = { log: { entries: [{ request, response: { status: 0, headers: [] } }] } }
  for (const sent of [har, JSON.stringify(har)]) {
    const { body: read } = await examine({ har: sent })
    assert.equal(read.findings[0].id, 'origin-not-allowed')
    assert.equal(read.call.targetUrl, target)
  }
})

test('a HAR file of ten megabytes is read, and a larger one is not [D2]', async () => {
  const request = { method: 'GET', url: target, headers: [{ name: 'Origin', value: 'null' }] }
  const entries = [{ request, response: { status: 0 } }]
  const text = (size: number) => JSON.stringify({ log: { entries, filler: 'x'.repeat(size) } })
  const { body } = await examine({ har: text(10_000_000) })
  assert.equal(body.call.pageUrl, 'null')
  assert.equal((await examine({ har: text(11 * 1024 * 1024) })).status, 400)
  assert.equal((await examine({ har: text(20 * 1024 * 1024) })).status, 413)
})

const refused = [
  ['nothing', {}, 'pageUrl targetUrl'],
  ['two sources', { consoleMessage: firefox, requestId: 'x' }, ''],
  ['a message of something else', { consoleMessage: 'TypeError: x' }, 'consoleMessage'],
  ['Firefox’s message without a page', { consoleMessage: firefox }, 'pageUrl'],
  ['a HAR file that is none', { har: '{}' }, 'har'],
  ['a HAR file without calls', { har: { log: { entries: [] } } }, 'har'],
  ['a request that nobody remembers', { requestId: 'x' }, 'requestId'],
] as const
for (const [what, question, places] of refused) {
  test(`examine refuses ${what}, and says where [D2] [G4]`, async () => {
    const { status, body } = await examine(question)
    assert.equal(status, 400)
    const named = (body.error.details ?? []).map(({ target }: { target: string }) => target)
    assert.equal(named.join(' '), places)
  })
}

test('a probe is for whoever may publish, and names the edge’s code where no answer comes [D2] [G3]', async () => {
  const question = { pageUrl: 'https://home.contoso.net/', targetUrl: target }
  const headers = { authorization: 'Bearer reader' }
  const refusedReply = await api.call('POST', '/beta/doctor/probe', question, headers)
  assert.equal(refusedReply.status, 403)
  const { status, body } = await api.call('POST', '/beta/doctor/probe', question)
  assert.equal(status, 200)
  const [exchange] = body.exchanges
  assert.deepEqual(
    [exchange.via, exchange.status, exchange.failure],
    ['edge', null, 'no-connector'],
  )
  assert.equal(body.findings[0].id, 'application-unreachable')
})
