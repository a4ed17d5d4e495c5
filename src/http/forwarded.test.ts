import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientAddress, forwardedNode, trustProxies } from './forwarded.ts'

const trusted = trustProxies(['10.0.0.0/8', '::1'])

const cases = [
  [
    'the peer when nobody is trusted',
    '203.0.113.7',
    ['X-Forwarded-For', '1.2.3.4'],
    undefined,
    '203.0.113.7',
  ],
  [
    'the peer when it is not a trusted proxy',
    '203.0.113.7',
    ['X-Forwarded-For', '1.2.3.4'],
    trusted,
    '203.0.113.7',
  ],
  [
    'the last untrusted hop behind trusted proxies',
    '10.0.0.1',
    ['X-Forwarded-For', '6.6.6.6, 1.2.3.4, 10.9.9.9'],
    trusted,
    '1.2.3.4',
  ],
  [
    'the peer when the chain holds rubbish',
    '10.0.0.1',
    ['X-Forwarded-For', 'unknown'],
    trusted,
    '10.0.0.1',
  ],
  ['the peer without a chain', '::1', [], trusted, '::1'],
] as const
for (const [what, peer, headers, list, expected] of cases) {
  test(`clientAddress() is ${what} [F2]`, () => {
    assert.equal(clientAddress(peer, headers, list), expected)
  })
}

for (const everybody of ['0.0.0.0/0', '::/0', 'example.com', '10.0.0.0/99']) {
  test(`trustProxies() refuses ${everybody} [F2]`, () => {
    assert.throws(() => trustProxies([everybody]), RangeError)
  })
}

test('forwardedNode() quotes IPv6 as RFC 7239 §6 demands [F2]', () => {
  assert.equal(forwardedNode('2001:db8::1'), '"[2001:db8::1]"')
  assert.equal(forwardedNode('192.0.2.1'), '192.0.2.1')
})
