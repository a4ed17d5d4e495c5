import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAuthority } from './authority.ts'

const accepted = [
  [
    'app.contoso.test',
    { host: 'app.contoso.test', port: 443, hostAndPort: 'app.contoso.test:443' },
  ],
  [
    'APP.Contoso.test:8443',
    { host: 'app.contoso.test', port: 8443, hostAndPort: 'app.contoso.test:8443' },
  ],
  ['127.0.0.1:8443', { host: '127.0.0.1', port: 8443, hostAndPort: '127.0.0.1:8443' }],
  ['localhost', { host: 'localhost', port: 443, hostAndPort: 'localhost:443' }],
] as const
for (const [written, expected] of accepted) {
  test(`parseAuthority() reads ${written} [F8]`, () => {
    assert.deepEqual(parseAuthority(written, 443), expected)
  })
}

const refused = [
  '',
  'a b',
  'a,b',
  'a.test.',
  'user@a.test',
  'a.test/x',
  'a.test?x',
  'a.test#x',
  'a.test\\x',
  'a.test\0',
  'a.test\u00e9',
  'a%2etest',
  '-a.test',
  'a_b.test',
  '.test',
  'a..test',
  'a.test:',
  'a.test:0',
  'a.test:080',
  'a.test:70000',
  'a.test:8 0',
  'a.test:80:80',
  '[::1]:443',
  '[fe80::1%25eth0]',
  `${'a'.repeat(64)}.test`,
  `${'a.'.repeat(130)}test`,
]
for (const written of refused) {
  test(`parseAuthority() refuses ${JSON.stringify(written.slice(0, 40))} [F8]`, () => {
    assert.equal(parseAuthority(written, 443), undefined)
  })
}

test('parseAuthority() gives each caller its own default port, also for a host it has seen [F8]', () => {
  assert.equal(parseAuthority('twice.contoso.test', 443)?.port, 443)
  assert.equal(parseAuthority('twice.contoso.test', 80)?.port, 80)
  assert.equal(parseAuthority('twice.contoso.test', 443)?.port, 443)
})

test('parseAuthority() goes on reading when it has seen more hosts than it remembers [F8]', () => {
  for (let i = 0; i < 3000; i++) {
    const host = `h${i}.contoso.test`
    assert.equal(parseAuthority(`${host}:8443`, 443)?.hostAndPort, `${host}:8443`)
  }
})
