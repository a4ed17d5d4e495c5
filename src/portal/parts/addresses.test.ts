import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostLabel, publishingDomain, siblingHost } from './addresses.ts'

const labels = [
  ['Wiki', 'wiki'],
  ['Time & Expenses', 'time-expenses'],
  ['  Ärzte-Büro 2 ', 'arzte-buro-2'],
  ['漢字', ''],
  ['x'.repeat(80), 'x'.repeat(63)],
] as const
for (const [name, label] of labels) {
  test(`“${name}” is proposed as the host label “${label}” [G5]`, () => {
    assert.equal(hostLabel(name), label)
  })
}

test('the other hosts of the edge are found beside the portal’s own, port included', () => {
  assert.equal(
    siblingHost('login', '/account', 'portal.a.test:8443'),
    'https://login.a.test:8443/account',
  )
  assert.equal(publishingDomain('portal.a.test:8443'), 'a.test:8443')
})
