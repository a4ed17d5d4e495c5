import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Parsed } from '../base/check.ts'
import { failed } from '../base/check.ts'
import { coversHost, type ServerCertificate } from './certificate.ts'
import { dayMs, type IssuedPem, rsa, TestAuthority, type Wish } from './fixture-authority.ts'
import { readPem } from './pem.ts'
import { validateCertificate } from './validate.ts'

const places = { certificate: 'chain', key: 'key' }
const root = await TestAuthority.create()
const authority = await root.issueAuthority('Issuer')

function validate(chain: string, key: string): Parsed<ServerCertificate> {
  const material = readPem(chain, key, places)
  return failed(material) ? material : validateCertificate(material.value, places, Date.now())
}

function codesOf(parsed: Parsed<unknown>): readonly string[] {
  return failed(parsed) ? parsed.issues.map(({ path, code }) => `${path}: ${code}`) : []
}

function accepted(parsed: Parsed<ServerCertificate>): ServerCertificate {
  if (failed(parsed)) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

function issue(wish: Wish = {}, names = ['app.contoso.test']): Promise<IssuedPem> {
  return authority.issue(names, wish)
}

test('a chain in any order is served from the certificate upwards, without the root [P11]', async () => {
  const { certificate, key } = await issue()
  const given = accepted(validate(root.pem + authority.pem + certificate, key))
  assert.equal(given.chain, certificate + authority.pem)
  assert.equal(given.issuerName, 'CN=Issuer')
  assert.match(given.thumbprint, /^[0-9A-F]{40}$/)
})

const keys = [
  ['RSA with 2048 bits', rsa(2048)],
  ['P-384', { name: 'ECDSA', namedCurve: 'P-384' }],
  ['P-521', { name: 'ECDSA', namedCurve: 'P-521' }],
] as const
for (const [what, wanted] of keys) {
  test(`a certificate with ${what} is taken [P11]`, async () => {
    const { certificate, key } = await issue({ key: wanted })
    accepted(validate(certificate, key))
  })
}

const refusals: readonly (readonly [string, Wish, string[], string])[] = [
  ['an expired one', { notAfter: Date.now() - 1000 }, ['a.test'], 'chain: expired'],
  ['an RSA key of 1024 bits', { key: rsa(1024) }, ['a.test'], 'chain: weak-key'],
  ['Ed25519', { key: { name: 'Ed25519' } }, ['a.test'], 'chain: unsupported-key'],
  ['one without names', { subject: 'CN=a.test' }, [], 'chain: no-names'],
  [
    'one for clients',
    { usages: ['1.3.6.1.5.5.7.3.2'] },
    ['a.test'],
    'chain: no-server-certificate',
  ],
]
for (const [what, wish, names, code] of refusals) {
  test(`${what} is refused [P11] [X16]`, async () => {
    const { certificate, key } = await issue(wish, names)
    assert.ok(codesOf(validate(certificate, key)).includes(code))
  })
}

test('everything that is wrong is said at once [P11] [G4]', async () => {
  const bad = await issue({ notAfter: Date.now() - 1000, key: rsa(1024), subject: 'CN=x' }, [])
  const other = await issue()
  const stranger = await TestAuthority.create('Stranger')
  assert.deepEqual(codesOf(validate(bad.certificate + stranger.pem, other.key)), [
    'key: key-mismatch',
    'chain: no-names',
    'chain: expired',
    'chain: weak-key',
    'chain: not-in-chain',
  ])
})

test('a key of another certificate is refused, and says whose it is not [X16]', async () => {
  const { certificate } = await issue()
  const { key } = await issue()
  const parsed = validate(certificate, key)
  assert.deepEqual(codesOf(parsed), ['key: key-mismatch'])
})

test('a certificate that signed itself is refused [P11]', async () => {
  const alone = await TestAuthority.create('alone')
  const { key } = await issue()
  assert.ok(codesOf(validate(alone.pem, key)).includes('chain: self-signed'))
})

test('an expired authority in the chain is refused, a stranger in it as well [P11]', async () => {
  const expired = await root.issueAuthority('Expired', { notAfter: Date.now() - dayMs })
  const { certificate, key } = await expired.issue(['a.test'])
  assert.deepEqual(codesOf(validate(certificate + expired.pem, key)), ['chain: chain-expired'])
  assert.deepEqual(codesOf(validate(certificate + authority.pem, key)), ['chain: not-in-chain'])
})

test('a certificate of tomorrow is taken: it waits for its day [P11]', async () => {
  const { certificate, key } = await issue({ notBefore: Date.now() + dayMs })
  accepted(validate(certificate, key))
})

const { certificate, key } = await issue()
const unreadable = [
  ['no PEM', 'x', 'y', ['chain: certificate-malformed', 'key: key-malformed']],
  [
    'a damaged certificate',
    certificate.replace(/MII/, 'AAA'),
    key,
    ['chain: certificate-malformed'],
  ],
  ['two keys', certificate, key + key, ['key: key-malformed']],
  ['a damaged key', certificate, key.replace(/MI/, 'AA'), ['key: key-malformed']],
  [
    'a key under a password',
    certificate,
    key.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'),
    ['key: key-malformed'],
  ],
  ['21 certificates', certificate.repeat(21), key, ['chain: certificate-malformed']],
] as const
for (const [what, chain, secret, codes] of unreadable) {
  test(`${what} is refused, and no piece of a key comes back [P11]`, () => {
    const parsed = validate(chain, secret)
    assert.deepEqual(codesOf(parsed), codes)
    assert.doesNotMatch(JSON.stringify(parsed), /[A-Za-z0-9+/]{24}/)
  })
}

const covered = [
  ['app.contoso.test', true],
  ['a.contoso.test', true],
  ['*.contoso.test', true],
  ['a.b.contoso.test', false],
  ['contoso.test', false],
  ['contoso', false],
  ['', false],
] as const
for (const [host, expected] of covered) {
  test(`*.contoso.test ${expected ? 'covers' : 'does not cover'} "${host}" [P11]`, () => {
    assert.equal(coversHost(['*.contoso.test'], host), expected)
  })
}
