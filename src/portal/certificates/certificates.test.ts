import assert from 'node:assert/strict'
import { test } from 'node:test'
import { covers, daysLeft } from './certificates.ts'

const names = [
  ['app.contoso.net', 'APP.contoso.net', true],
  ['*.contoso.net', 'app.contoso.net', true],
  ['*.contoso.net', 'contoso.net', false],
  ['*.contoso.net', 'a.b.contoso.net', false],
  ['*.contoso.net', '*.contoso.net', true],
] as const
for (const [name, host, expected] of names) {
  test(`a certificate for ${name} is ${expected ? '' : 'not '}for ${host} [P11]`, () => {
    assert.equal(covers(name, host), expected)
  })
}

test('days are counted down, and below nothing', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  assert.equal(daysLeft({ expiryDate: '2026-11-25T13:00:00Z' }, now), 3)
  assert.equal(daysLeft({ expiryDate: '2026-11-22T11:00:00Z' }, now), -1)
})
