import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failed } from '../../base/check.ts'
import { crossOriginCalls } from '../../doctor/network-log.ts'
import { readHar } from './har.ts'

const page = 'https://shop.contoso.net/cart?token=secret-page#secret'
const url = 'https://api.contoso.net/orders?token=secret-url'
const fields = (list: Record<string, string>) =>
  Object.entries(list).map(([name, value]) => ({ name, value }))
const har = (entries: readonly unknown[]) => ({
  log: { version: '1.2', pages: [{ id: 'page_1', title: page }], entries },
})
const entry = (method: string, headers: Record<string, string>, response: object, more = {}) => ({
  pageref: 'page_1',
  request: {
    method,
    url,
    headers: fields(headers),
    cookies: [],
    postData: { text: 'secret-body' },
  },
  response: { status: 200, headers: [], content: { text: 'secret-text' }, ...response },
  ...more,
})
const origin = 'https://shop.contoso.net'
const blocked = { status: 0, _error: 'net::ERR_FAILED' }
const asking = {
  Origin: origin,
  'Access-Control-Request-Method': 'PUT',
  'Access-Control-Request-Headers': 'authorization,content-type',
}

function callsIn(entries: readonly unknown[]) {
  const read = readHar(har(entries))
  assert.ok(!failed(read))
  return crossOriginCalls(read.value)
}

test('a failed call of Chromium is read with its preflight, and nothing of it is secret [D2]', () => {
  const headers = { Authorization: 'Bearer secret-a', 'Content-Type': 'application/json' }
  const browser = { 'User-Agent': 'x', 'sec-ch-ua': 'y', 'Cache-Control': 'no-cache' }
  const calls = callsIn([
    entry('OPTIONS', asking, { status: 403 }, { _resourceType: 'preflight' }),
    entry('PUT', { ...headers, ...browser, Cookie: 'a=secret-cookie', Referer: page }, blocked),
  ])
  const [call] = calls
  assert.equal(calls.length, 1)
  assert.partialDeepStrictEqual(call, {
    pageUrl: 'https://shop.contoso.net/cart',
    targetUrl: 'https://api.contoso.net/orders',
    method: 'PUT',
    headers: ['authorization', '…', 'content-type', 'application/json'],
    backend: { preflight: { status: 403, headers: [] } },
    notes: [],
  })
  assert.ok(!JSON.stringify(calls).includes('secret'))
})

test('a call without headers and preflight, as an export without secrets has it, still has its page [D2]', () => {
  const [call] = callsIn([entry('DELETE', {}, blocked)])
  assert.partialDeepStrictEqual(call, {
    pageUrl: 'https://shop.contoso.net/cart',
    method: 'DELETE',
    headers: [],
    backend: undefined,
  })
  assert.equal(call?.notes.length, 1)
})

test('Firefox tells the answer that it kept from the page, fields joined by line breaks [D2]', () => {
  const answered = {
    status: 200,
    headers: fields({
      'access-control-allow-origin': `${origin}\n*`,
      'set-cookie': 'secret-cookie',
      location: '/next?code=secret-code',
    }),
  }
  const [call] = callsIn([entry('GET', { Origin: origin, 'X-Api': 'secret-key' }, answered)])
  assert.deepEqual(call?.backend, {
    status: 200,
    headers: [
      ...['access-control-allow-origin', `${origin}, *`],
      ...['Location', 'https://api.contoso.net/next'],
    ],
  })
  assert.deepEqual(call?.headers, ['X-Api', '…'])
})

test('a preflight after which the browser never called is a call, too; alike ones are one [D2]', () => {
  const calls = callsIn([1, 2, 3].map(() => entry('OPTIONS', asking, { status: 403 })))
  assert.deepEqual(
    calls.map(({ method, count }) => [method, count]),
    [['PUT', 3]],
  )
})

test('calls on their own origin, images and rubbish are none [D2]', () => {
  const own = { ...entry('GET', { Origin: origin }, {}) }
  own.request = { ...own.request, url: `${origin}/x` }
  assert.deepEqual(callsIn([own, entry('GET', {}, {}), { request: 1 }, 'rubbish', 7]), [])
})

const rubbish = ['', 'no JSON', '{}', '{"log":{}}', '{"log":{"entries":7}}', '[]', 'null']
for (const text of rubbish) {
  test(`${JSON.stringify(text)} is no HAR file [D2]`, () => {
    const read = readHar(text)
    assert.deepEqual(failed(read) && read.issues.map(({ path }) => path), ['har'])
  })
}
