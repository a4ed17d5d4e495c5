import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { processorMsOf } from '../../test/processor-time.ts'
import type { Parsed } from '../base/check.ts'
import { failed } from '../base/check.ts'
import { TestAuthority } from './fixture-authority.ts'
import { rc2Of40Bits, rc2Of128Bits } from './fixture-legacy-pfx.ts'
import { writePfx } from './fixture-openssl.ts'
import { openPfx, type PfxContents } from './pfx.ts'
import { readPfxContents, validateCertificate } from './validate.ts'

const where = { pfx: 'value', password: 'password' }

function codesOf(parsed: Parsed<unknown>): readonly string[] {
  return failed(parsed) ? parsed.issues.map(({ path, code }) => `${path}: ${code}`) : []
}

function contentsOf(parsed: Parsed<PfxContents>): PfxContents {
  if (failed(parsed)) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

const legacy = [
  ['RC2 with 40 bits and 3DES', rc2Of40Bits],
  ['RC2 with 128 bits and 3DES with two keys', rc2Of128Bits],
] as const
for (const [what, file] of legacy) {
  test(`a PFX file of the old kind is opened: ${what} [P11]`, async () => {
    const contents = contentsOf(await openPfx(file, 'Contoso1', where))
    const material = readPfxContents(contents, 'value')
    assert.ok('value' in material)
    const places = { certificate: 'value', key: 'value' }
    const parsed = validateCertificate(material.value, places, Date.now())
    assert.ok('value' in parsed)
    assert.deepEqual(parsed.value.names, ['old.contoso.test', '*.old.contoso.test'])
    assert.equal(parsed.value.subjectName, 'O=Contoso, CN=old.contoso.test')
    assert.equal(parsed.value.chain.match(/BEGIN CERTIFICATE/g)?.length, 2)
    assert.deepEqual(codesOf(await openPfx(file, 'contoso1', where)), ['password: pfx-password'])
  })
}

const root = await TestAuthority.create()
const authority = await root.issueAuthority('Issuer')
const issued = await authority.issue(['app.contoso.test'])

const kinds: readonly (readonly [string, readonly string[]])[] = [
  ['AES-256 and SHA-256, as today', []],
  ['AES-128 and a MAC with SHA-1', ['-keypbe', 'AES-128-CBC', '-macalg', 'sha1']],
  ['AES-192 and a MAC with SHA-512', ['-certpbe', 'AES-192-CBC', '-macalg', 'sha512']],
  ['3DES under PBES2', ['-keypbe', 'DES-EDE3-CBC', '-certpbe', 'DES-EDE3-CBC']],
  ['3DES of PKCS #12', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES']],
  ['nothing encrypted', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
  ['no MAC', ['-nomac']],
  ['10 000 iterations', ['-iter', '10000']],
]
for (const [what, options] of kinds) {
  test(`a PFX file with ${what} is opened [P11]`, async () => {
    const file = writePfx(issued, authority.pem, 'geheim 5€', ...options)
    const { certificates, keys } = contentsOf(await openPfx(file, 'geheim 5€', where))
    const names = certificates.map((der) => new X509Certificate(der).subject)
    assert.deepEqual(names.sort(), ['CN=Issuer', 'CN=app.contoso.test\nO=Contoso'])
    assert.equal(keys.length, 1)
  })
}

test('a PFX file without a password needs none [P11]', async () => {
  const file = writePfx(issued, authority.pem, '')
  assert.equal(contentsOf(await openPfx(file, '', where)).keys.length, 1)
  assert.deepEqual(codesOf(await openPfx(file, 'x', where)), ['password: pfx-password'])
})

test('without a MAC a wrong password is still told from a right one, whatever comes out of it [P11]', async () => {
  // One attempt in 256 ends in bytes that look like padding.
  const file = writePfx(issued, authority.pem, 'right', '-nomac', '-iter', '1')
  for (let i = 0; i < 600; i++) {
    assert.deepEqual(codesOf(await openPfx(file, `wrong ${i}`, where)), ['password: pfx-password'])
  }
})

test('a file that asks for more iterations than anybody needs is refused at once [P11]', async () => {
  const file = writePfx(issued, authority.pem, 'x', '-iter', '250000')
  const tookMs = await processorMsOf(async () => {
    assert.deepEqual(codesOf(await openPfx(file, 'x', where)), ['value: pfx-malformed'])
  })
  assert.ok(tookMs < 100, `${tookMs} ms`)
})

test('whatever the bytes are, the answer is a file or issues, never an exception [P11]', async () => {
  const file = writePfx(issued, authority.pem, 'x', '-iter', '1', '-maciter')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.nat(file.length),
      async (changes, length) => {
        const bytes = Buffer.from(file.subarray(0, length))
        for (const [at, byte] of changes) if (at < length) bytes[at] = byte
        const parsed = await openPfx(bytes, 'x', where)
        if (!failed(parsed)) readPfxContents(parsed.value, 'value')
      },
    ),
    { numRuns: 300 },
  )
})
