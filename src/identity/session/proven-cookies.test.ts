import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProvenCookies } from './proven-cookies.ts'

test('a cookie is known again at its own host, with its own value, whichever came first [S3]', () => {
  const proven = new ProvenCookies()
  assert.ok(!proven.has('home.test', 'h'))
  proven.add('home.test', 'h')
  proven.add('api.test', 'a')
  for (const [host, value, known] of [
    ['home.test', 'h', true],
    ['api.test', 'a', true],
    ['home.test', 'a', false],
    ['api.test', 'h', false],
    ['other.test', 'h', false],
  ] as const) {
    assert.equal(proven.has(host, value), known, `${host} ${value}`)
  }
  proven.add('home.test', 'h2')
  assert.ok(proven.has('home.test', 'h2') && !proven.has('home.test', 'h'))
})

test('hosts without number do not fill the memory [S3]', () => {
  const proven = new ProvenCookies()
  for (let i = 0; i < 1_000; i++) proven.add(`h${i}`, `v${i}`)
  const known = Array.from({ length: 1_000 }, (_, i) => proven.has(`h${i}`, `v${i}`))
  assert.ok(known[0] && known[999])
  assert.ok(known.filter(Boolean).length <= 257)
})
