import assert from 'node:assert/strict'
import { argon2Sync } from 'node:crypto'
import { test } from 'node:test'
import { processorMsOf } from '../../../test/processor-time.ts'
import { checkPassword, hashPassword, isOutdated, verifyPassword } from './password.ts'

const password = 'correct horse battery'

test('a password is verified by its own verifier and by no other [S11]', async () => {
  const [one, two] = await Promise.all([hashPassword(password), hashPassword(password)])
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.notEqual(one, two)
  assert.ok(await verifyPassword(one, password))
  assert.ok(await verifyPassword(two, password))
  assert.ok(!(await verifyPassword(one, `${password} `)))
})

test('a verifier that another argon2 library made with other costs is understood', async () => {
  const nonce = Buffer.from('somesaltsomesalt')
  const message = Buffer.from(password)
  const cost = { memory: 64, passes: 3, parallelism: 2 }
  const tag = argon2Sync('argon2id', { ...cost, nonce, message, tagLength: 24 })
  const [salt, hash] = [nonce, tag].map((bytes) => bytes.toString('base64').replaceAll('=', ''))
  assert.ok(await verifyPassword(`$argon2id$v=19$m=64,t=3,p=2$${salt}$${hash}`, password))
})

test('an accent is the same however the keyboard composed it', async () => {
  assert.ok(await verifyPassword(await hashPassword('h\u00e9lico'), 'he\u0301lico'))
})

const salt = 'c29tZXNhbHRzb21lc2FsdA'
const hash = 'c29tZWhhc2hzb21laGFzaHNvbWVoYXNo'
const unusable = [
  ['none', undefined],
  ['an empty one', ''],
  ['a password in the clear', password],
  ['another function', `$argon2i$v=19$m=64,t=3,p=1$${salt}$${hash}`],
  ['memory for an attack', `$argon2id$v=19$m=9999999,t=1,p=1$${salt}$${hash}`],
  ['time for an attack', `$argon2id$v=19$m=64,t=999,p=1$${salt}$${hash}`],
  ['no memory', `$argon2id$v=19$m=1,t=1,p=1$${salt}$${hash}`],
  ['no passes', `$argon2id$v=19$m=64,t=0,p=1$${salt}$${hash}`],
] as const

for (const [what, phc] of unusable) {
  test(`a verifier that is ${what} verifies nothing`, async () => {
    assert.equal(await verifyPassword(phc, password), false)
  })
}

const passwords = [
  ['', ['too-short']],
  ['correct hor', ['too-short']],
  ['\u{1F600}'.repeat(11), ['too-short']],
  ['correct hors', []],
  [`correct horse${'x'.repeat(1011)}`, []],
  [`correct horse${'x'.repeat(1012)}`, ['too-long']],
  ['\u00e9'.repeat(513), ['too-long']],
] as const

for (const [candidate, codes] of passwords) {
  test(`a new password of ${candidate.length} units is judged ${codes.join() || 'good'}`, () => {
    const issues = checkPassword(candidate)
    assert.deepEqual(
      issues.map((issue) => issue.code),
      codes,
    )
  })
}

const owner = { userPrincipalName: 'adele.vance@contoso.test', displayName: 'Adele Vance' }
for (const [candidate, good] of [
  ['aaaaaaaaaaaaaaaa', false],
  ['abcabcabcabcabc', false],
  ['123456789012345', false],
  ['qwertyuiopasdf1', false],
  ['Password12345!!', false],
  ['P@ssw0rd123456', false],
  ['Welcome2026!!!', false],
  ['AdeleVance2026!', false],
  ['adele.vance@contoso', false],
  ['Sallyport-admin-1', false],
  ['correct horse battery', true],
  ['Adele likes green tea', true],
  ['9 bananas in a boat', true],
  ['пароль на каждый день', true],
  ['7hG-kk2-Qz9-vw4', true],
] as const) {
  test(`"${candidate}" is ${good ? 'a' : 'no'} password for Adele Vance [S11]`, () => {
    assert.deepEqual(
      checkPassword(candidate, owner).map((issue) => issue.code),
      good ? [] : ['too-common'],
    )
  })
}

test('a verifier of other costs, or none, is outdated; one of today is not [S11]', async () => {
  assert.equal(isOutdated(await hashPassword(password)), false)
  assert.equal(isOutdated(`$argon2id$v=19$m=64,t=3,p=1$${salt}$${hash}`), true)
})

test('a huge password is refused without the work of hashing it', async () => {
  const phc = await hashPassword(password)
  const tookMs = await processorMsOf(async () => {
    for (let attempt = 0; attempt < 50; attempt++) {
      assert.equal(await verifyPassword(phc, 'x'.repeat(100_000)), false)
    }
  })
  assert.ok(tookMs < 500, `${tookMs} ms`)
})
