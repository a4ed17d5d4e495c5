import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../base/fault.ts'
import { judgeRefreshFailure } from './refresh-failure.ts'

function coded(code: string, cause?: unknown): Error {
  return Object.assign(new Error('a secret stands in here'), { code }, cause ? { cause } : {})
}

const failures = [
  ['no connection', new TypeError('fetch failed', { cause: coded('ECONNREFUSED') }), 'unsent'],
  ['no name', new TypeError('fetch failed', { cause: coded('ENOTFOUND') }), 'unsent'],
  [
    'no connection at any address',
    new TypeError('fetch failed', {
      cause: new AggregateError([coded('EHOSTUNREACH'), coded('ENETUNREACH')]),
    }),
    'unsent',
  ],
  [
    'a certificate of nobody',
    new TypeError('fetch failed', { cause: coded('SELF_SIGNED_CERT_IN_CHAIN') }),
    'unsent',
  ],
  [
    '503 without JSON',
    coded('OAUTH_RESPONSE_IS_NOT_CONFORM', new Response('', { status: 503 })),
    'unsent',
  ],
  ['a lost connection', new TypeError('fetch failed', { cause: coded('ECONNRESET') }), 'unknown'],
  ['no answer in time', new Fault('provider-unavailable', 'took too long'), 'unknown'],
  [
    '502 of a gateway',
    Object.assign(new Error(''), { cause: new Response('', { status: 502 }) }),
    'unknown',
  ],
  ['something else', 'text', 'unknown'],
] as const
for (const [what, thrown, expected] of failures) {
  test(`after ${what} the refresh token is ${expected === 'unsent' ? 'certainly not' : 'perhaps'} used [S6]`, () => {
    const refreshed = judgeRefreshFailure(thrown)
    assert.ok('unanswered' in refreshed)
    assert.equal(refreshed.unanswered, expected)
    assert.ok(!refreshed.cause.includes('secret'))
  })
}
