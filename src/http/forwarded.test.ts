import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forwardedWay, trustProxies, writeForwarded } from './forwarded.ts'

const trusted = trustProxies(['10.0.0.0/8', '::1'])

const seen = { host: 'app.test:8443', proto: 'https', port: 8443 }
const way = (headers: readonly string[], peer: string, list = trusted) =>
  forwardedWay({ ...seen, peer }, headers, list)
const claims = ['X-Forwarded-For', '6.6.6.6, 1.2.3.4, 10.9.9.9', 'X-Forwarded-Host', 'www.test']

test('nobody is believed by default: the way is what the socket shows [F2]', () => {
  const expected = { hops: ['10.0.0.1'], host: 'app.test:8443', proto: 'https', port: '8443' }
  assert.deepEqual(forwardedWay({ ...seen, peer: '10.0.0.1' }, claims, undefined), expected)
})

test('a peer that is no trusted proxy is not believed [F2]', () => {
  assert.deepEqual(way(claims, '203.0.113.7').hops, ['203.0.113.7'])
  assert.equal(way(claims, '203.0.113.7').host, 'app.test:8443')
})

test('behind trusted proxies the client is the last that is not one; its own claims are dropped [F2]', () => {
  assert.deepEqual(way(claims, '10.0.0.1').hops, ['1.2.3.4', '10.9.9.9', '10.0.0.1'])
})

const told = [
  ['a host', ['X-Forwarded-Host', 'www.test:444'], { host: 'www.test:444' }],
  ['a scheme', ['X-Forwarded-Proto', 'http'], { proto: 'http' }],
  ['a port', ['X-Forwarded-Port', '80'], { port: '80' }],
  ['no rubbish for a host', ['X-Forwarded-Host', 'evil.test/.."'], { host: 'app.test:8443' }],
  ['no rubbish for a scheme', ['X-Forwarded-Proto', 'javascript'], { proto: 'https' }],
  ['no rubbish in the chain', ['X-Forwarded-For', '1.2.3.4, unknown'], { hops: ['10.0.0.1'] }],
] as const
for (const [what, headers, expected] of told) {
  test(`a trusted proxy is believed ${what} [F2]`, () => {
    assert.deepEqual(way(headers, '10.0.0.1'), { ...way([], '10.0.0.1'), ...expected })
  })
}

for (const everybody of ['0.0.0.0/0', '::/0', 'example.com', '10.0.0.0/99']) {
  test(`trustProxies() refuses ${everybody} [F2]`, () => {
    assert.throws(() => trustProxies([everybody]), RangeError)
  })
}

test('writeForwarded() quotes IPv6 and lists the hops as RFC 7239 demands [F2]', () => {
  const hops = ['2001:db8::1', '10.0.0.1'] as const
  assert.equal(
    writeForwarded({ hops: [...hops], host: 'a.test:8443', proto: 'https', port: '8443' }),
    'for="[2001:db8::1]";host="a.test:8443";proto=https, for=10.0.0.1',
  )
})
