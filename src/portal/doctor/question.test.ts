import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LiveRequest } from '../requests/types.ts'
import { compareFields } from './compare.ts'
import { questionOfRequest } from './of-request.ts'
import { questionOf, shareable } from './question.ts'

test('what stands in the URL becomes what the doctor is asked [D2]', () => {
  const asked = questionOf({
    page: 'https://a.test/',
    target: 'https://b.test/',
    method: 'PUT',
    headers: 'x-a,  x-b',
    type: 'text/csv',
    person: 'ann@contoso.com',
  })
  assert.deepEqual(asked, {
    kind: 'call',
    body: {
      pageUrl: 'https://a.test/',
      targetUrl: 'https://b.test/',
      method: 'PUT',
      headers: [
        { name: 'x-a', value: '1' },
        { name: 'x-b', value: '1' },
      ],
      contentType: 'text/csv',
      userPrincipalName: 'ann@contoso.com',
    },
  })
  assert.equal(questionOf({ page: 'https://a.test/' }), undefined)
})

test('without a page somebody opens the address [D1]', () => {
  const asked = questionOf({ target: 'https://b.test/', ip: '192.0.2.1' })
  const request = {
    url: 'https://b.test/',
    method: 'GET',
    mode: 'navigate',
    ipAddress: '192.0.2.1',
  }
  assert.deepEqual(asked, { kind: 'visit', body: { request } })
})

test('a link to an examination tells no secret [D2]', () => {
  const { page, target } = shareable({
    page: 'https://ann:secret@a.test/x#access_token=secret',
    target: '/api?code=secret',
  })
  assert.deepEqual([page, target], ['https://a.test/x', '/api'])
})

test('expected and actual headers stand side by side, whatever their case and number [D2]', () => {
  const rows = compareFields(
    [{ name: 'Access-Control-Allow-Origin', value: 'a' }],
    [
      { name: 'access-control-allow-origin', value: 'a' },
      { name: 'access-control-allow-origin', value: 'b' },
      { name: ':status', value: '403' },
    ],
  )
  assert.deepEqual(
    rows.map(({ expected, actual, isSame }) => [expected, actual, isSame]),
    [
      [['a'], ['a', 'b'], false],
      [[], ['403'], undefined],
    ],
  )
})

const seen = {
  method: 'OPTIONS',
  url: 'https://b.test/x?…',
  kind: 'preflight',
  origin: 'https://a.test',
  code: 'cors-no-rule',
  ipAddress: '192.0.2.1',
} as LiveRequest
const call = { page: 'https://a.test/', target: 'https://b.test/x' }

test('a preflight that was seen is asked about as the call that it was for [D2]', () => {
  const refusal = { origin: 'https://a.test', method: 'PUT', reason: 'no-rule' }
  const found = questionOfRequest(seen, [
    { ...refusal, method: 'PATCH', lastDateTime: '2026-01-01' },
    { ...refusal, headers: ['content-type', 'x-a'], lastDateTime: '2026-02-01' },
    { ...refusal, origin: 'https://c.test', method: 'DELETE', lastDateTime: '2026-03-01' },
  ])
  assert.deepEqual(found, { ...call, method: 'PUT', headers: 'x-a', type: 'application/json' })
  const assumed = { ...call, method: 'POST', type: 'application/json' }
  assert.deepEqual(questionOfRequest(seen, []), assumed)
})

test('other requests are asked about as they were [D1] [D2]', () => {
  const { origin: _, ...visit } = { ...seen, kind: 'navigation', method: 'GET' } as const
  const ip = '192.0.2.1'
  assert.deepEqual(questionOfRequest(visit, []), { target: call.target, method: 'GET', ip })
  const socket = { ...seen, kind: 'webSocket', method: 'GET', userPrincipalName: 'ann' } as const
  const wanted = { ...call, mode: 'webSocket', method: 'GET', person: 'ann', ip }
  assert.deepEqual(questionOfRequest(socket, []), wanted)
})
