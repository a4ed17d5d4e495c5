import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HarProblem, readHar } from './read-har.ts'

interface Sent {
  readonly method?: string
  readonly url?: string
  readonly fields?: Readonly<Record<string, string>>
}

interface Got {
  readonly status?: number
  readonly fields?: Readonly<Record<string, string>>
  readonly error?: string
}

function entry({ method = 'GET', url = target, fields = {} }: Sent, got: Got) {
  const list = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([name, value]) => ({ name, value }))
  const headers = list({ Origin: 'https://shop.test', Cookie: 'secret', ...fields })
  const { status = 200, error } = got
  return {
    request: { method, url: `${url}?token=secret`, headers },
    response: { status, headers: list(got.fields ?? {}), ...(error && { _error: error }) },
  }
}

const target = 'https://stock.test/api'
const call = { page: 'https://shop.test/', target, type: undefined, count: 1, headers: '' }
const har = (...entries: readonly object[]) => JSON.stringify({ log: { entries } })

test('the failed calls of other origins are found in a recording, and no secret of theirs [D2]', () => {
  const calls = readHar(
    har(
      entry({}, { fields: { 'access-control-allow-origin': 'https://shop.test' } }),
      entry({ url: 'https://shop.test/own' }, { status: 500 }),
      entry({}, { status: 200 }),
      entry({ method: 'PUT', fields: { 'X-Api-Key': 'secret', Accept: '*/*' } }, { status: 0 }),
      entry({}, { status: 200, error: 'net::ERR_FAILED' }),
    ),
  )
  assert.deepEqual(calls, [
    { ...call, method: 'GET', status: 200, count: 2 },
    { ...call, method: 'PUT', status: 0, headers: 'x-api-key' },
  ])
  assert.doesNotMatch(JSON.stringify(calls), /secret/)
})

test('a refused preflight and its call are one [D2]', () => {
  const asked = {
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'content-type,x-api-key',
  }
  const calls = readHar(
    har(
      entry({ method: 'OPTIONS', fields: asked }, { status: 403 }),
      entry(
        { method: 'PUT', fields: { 'Content-Type': 'application/json', 'x-api-key': '1' } },
        { status: 0 },
      ),
    ),
  )
  const wanted = { ...call, method: 'PUT', headers: 'x-api-key', type: 'application/json' }
  assert.deepEqual(calls, [{ ...wanted, status: 0, count: 2 }])
})

const broken = [
  ['text', 'hello'],
  ['another document', '{"log":{}}'],
  ['null', 'null'],
] as const
for (const [what, text] of broken) {
  test(`${what} is refused as a recording [D2]`, () => {
    assert.throws(() => readHar(text), HarProblem)
  })
}

test('rubbish within a recording is passed over [D2]', () => {
  const rubbish = [null, {}, { request: { method: 1, url: {} } }, { request: { headers: 'x' } }]
  assert.deepEqual(readHar(JSON.stringify({ log: { entries: rubbish } })), [])
})
