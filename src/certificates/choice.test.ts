import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseCertificate, compileCertificates } from './choice.ts'
import type { StoredCertificate } from './stored.ts'

const now = 1_000

function certificate(thumbprint: string, changes: Partial<StoredCertificate> = {}) {
  const dates = { notBefore: 100, notAfter: 2_000, createdAt: 0 }
  const names = ['app.contoso.test']
  const secrets = { chain: '', sealedKey: '' }
  const source = 'upload' as const
  return {
    thumbprint,
    subjectName: '',
    issuerName: '',
    names,
    source,
    ...dates,
    ...secrets,
    ...changes,
  }
}

const star = { names: ['*.contoso.test'] }
const acme = { source: 'acme' as const }
const expired = { notAfter: 900 }
const future = { notBefore: 1_500 }

const choices: readonly (readonly [string, readonly StoredCertificate[], string | undefined])[] = [
  ['the exact name before the star', [certificate('S', star), certificate('E')], 'E'],
  ['the star where there is no exact name', [certificate('S', star)], 'S'],
  ['an uploaded star before one by ACME', [certificate('A', acme), certificate('S', star)], 'S'],
  ['one by ACME where nothing is uploaded', [certificate('A', acme)], 'A'],
  ['the newest of two', [certificate('O'), certificate('N', { notBefore: 500 })], 'N'],
  ['the valid one, though it is older', [certificate('V'), certificate('F', future)], 'V'],
  ['a valid star before an expired name', [certificate('E', expired), certificate('S', star)], 'S'],
  ['one by ACME before an expired one', [certificate('E', expired), certificate('A', acme)], 'A'],
  [
    'the one that expired last, when there is no other',
    [certificate('E', { notAfter: 800 }), certificate('L', expired), certificate('F', future)],
    'L',
  ],
  ['none that is not valid yet', [certificate('F', future)], undefined],
  ['none for another name', [certificate('X', { names: ['x.contoso.test'] })], undefined],
]
for (const [what, certificates, expected] of choices) {
  test(`chooseCertificate() takes ${what} [P11] [X16]`, () => {
    for (const order of [certificates, certificates.toReversed()]) {
      const chosen = chooseCertificate(compileCertificates(order), 'app.contoso.test', now)
      assert.equal(chosen?.thumbprint, expected)
    }
  })
}

test('the star of an application asks for a certificate with that star [P11]', () => {
  const table = compileCertificates([certificate('E'), certificate('S', star)])
  assert.equal(chooseCertificate(table, '*.contoso.test', now)?.thumbprint, 'S')
  assert.equal(
    chooseCertificate(compileCertificates([certificate('E')]), '*.contoso.test', now),
    undefined,
  )
})

const odd = ['', '.', 'x', '*', '..', 'a'.repeat(300), 'app.contoso.test.', '127.0.0.1', '\0']
for (const host of odd) {
  test(`${JSON.stringify(host.slice(0, 20))} is no name of any certificate [P11]`, () => {
    const table = compileCertificates([certificate('E'), certificate('S', star)])
    assert.equal(chooseCertificate(table, host, now), undefined)
  })
}
