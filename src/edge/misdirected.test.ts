import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMisdirected, serverNameOf } from './misdirected.ts'

const certificates: Readonly<Record<string, string>> = {
  'a.contoso.net': '*.contoso.net',
  'b.contoso.net': '*.contoso.net',
  'login.example': 'login.example',
}
const certificateOf = (host: string): string | undefined => certificates[host]

const cases = [
  ['the host that was named', 'a.contoso.net', 'a.contoso.net', false],
  ['the host that was named in capitals', 'LOGIN.Example', 'login.example', false],
  ['another host of the same certificate', 'a.contoso.net', 'b.contoso.net', false],
  ['a client that named none', undefined, 'login.example', false],
  ['a host of another certificate', 'a.contoso.net', 'login.example', true],
  ['a host without a certificate', 'a.contoso.net', 'unknown.example', true],
  ['a host whose application was removed since', 'removed.example', 'removed.example', false],
] as const
for (const [what, serverName, host, expected] of cases) {
  test(`isMisdirected() is ${expected} for ${what} [P11]`, () => {
    assert.equal(isMisdirected(certificateOf, serverName, host), expected)
  })
}

test('serverNameOf() knows the ways Node has to say that there is none', () => {
  assert.deepEqual(
    [{ servername: 'a.net' }, { servername: false as const }, { servername: null }, {}].map(
      serverNameOf,
    ),
    ['a.net', undefined, undefined, undefined],
  )
})
