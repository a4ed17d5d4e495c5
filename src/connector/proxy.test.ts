import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isExempt, parseProxy, readProxyEnvironment } from './proxy.ts'

const basic = (credentials: string): string => `Basic ${btoa(credentials)}`

const proxies = [
  ['http://proxy.corp:3128', { scheme: 'http', host: 'proxy.corp', port: 3128 }],
  ['proxy.corp:3128', { scheme: 'http', host: 'proxy.corp', port: 3128 }],
  ['https://proxy.corp', { scheme: 'https', host: 'proxy.corp', port: 443 }],
  ['http://[fd00::1]:8080/', { scheme: 'http', host: 'fd00::1', port: 8080 }],
  [
    'http://ann:p%40ss%3A@proxy.corp:80',
    { scheme: 'http', host: 'proxy.corp', port: 80, authorization: basic('ann:p@ss:') },
  ],
  [
    'http://ann@proxy.corp',
    { scheme: 'http', host: 'proxy.corp', port: 80, authorization: basic('ann:') },
  ],
] as const
for (const [text, proxy] of proxies) {
  test(`parseProxy() reads ${text} [K2]`, () => {
    assert.deepEqual(parseProxy(text), { value: { authorization: undefined, ...proxy } })
  })
}

const faulty = [
  '',
  'http://',
  'socks5://proxy:1080',
  'http://a%zz:secret@proxy',
  'http://proxy:70000',
]
for (const text of faulty) {
  test(`parseProxy() refuses ${JSON.stringify(text)} and repeats no password [K2]`, () => {
    const parsed = parseProxy(text)
    assert.ok('issues' in parsed)
    assert.ok(!JSON.stringify(parsed).includes('secret'))
  })
}

test('readProxyEnvironment() takes small letters first, and ALL_PROXY last [K2]', () => {
  assert.deepEqual(readProxyEnvironment({ HTTPS_PROXY: 'a', https_proxy: 'b', ALL_PROXY: 'c' }), {
    httpsProxy: 'b',
    noProxy: undefined,
  })
  assert.deepEqual(readProxyEnvironment({ https_proxy: '', ALL_PROXY: 'c', NO_PROXY: 'x,y' }), {
    httpsProxy: 'c',
    noProxy: 'x,y',
  })
})

const exemptions = [
  ['*', 'edge.corp', true],
  ['corp', 'edge.corp', true],
  ['.corp', 'edge.corp', true],
  ['*.corp', 'edge.corp', true],
  ['EDGE.corp', 'edge.corp', true],
  ['orp', 'edge.corp', false],
  ['other.test, edge.corp:443', 'edge.corp', true],
  ['edge.corp:8443', 'edge.corp', false],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/99', '10.1.2.3', false],
  ['10.1.2.3', '10.1.2.3', true],
  ['fd00::/8', 'fd00::1', true],
  ['[fd00::1]:443', 'fd00::1', true],
  ['1.2.3.4', 'edge.corp', false],
  ['', 'edge.corp', false],
] as const
for (const [noProxy, host, exempt] of exemptions) {
  test(`NO_PROXY=${JSON.stringify(noProxy)} ${exempt ? 'covers' : 'does not cover'} ${host} [K2]`, () => {
    assert.equal(isExempt(noProxy, { host, port: 443 }), exempt)
  })
}
