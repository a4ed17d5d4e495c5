import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { contextOf, multiFactor, singleFactor } from '../authentication-context.ts'
import type { CodeApp, Passkey } from './authenticators.ts'
import { nextStep, type Proof, withProof } from './next-step.ts'

const codeApp: CodeApp = { id: 'app', sealedSecret: '', lastStep: 0, createdAt: 0 }
const passkey: Passkey = {
  ...{ id: 'key', personId: 'alice', name: 'laptop', publicKey: '', counter: 0 },
  ...{ transports: [], backedUp: false, createdAt: 0, lastUsedAt: undefined },
}
const nothing = { passkeys: [], codeApp: undefined, mustChangePassword: false }
const withApp = { ...nothing, codeApp }
const withPasskey = { ...nothing, passkeys: [passkey] }
const withStalePassword = { ...withApp, mustChangePassword: true }

const pwd = ['pwd']
const both = ['pwd', 'otp', 'mfa']
const byKey = ['pop', 'user', 'mfa']

const steps = [
  ['nobody yet', [], [], withApp, 'first'],
  ['a password, and nothing else is there', pwd, [], nothing, 'done'],
  ['a password, and there is an app for codes', pwd, [], withApp, 'second'],
  ['a password and a code', both, [], withApp, 'done'],
  ['a password of somebody with a passkey', pwd, [], withPasskey, 'done'],
  [
    'a password where two factors are asked of a passkey',
    pwd,
    [multiFactor],
    withPasskey,
    'second',
  ],
  ['a password where two are asked of nothing', pwd, [multiFactor], nothing, 'enrol'],
  ['a password where one is asked', pwd, [singleFactor], nothing, 'done'],
  ['a passkey where two are asked', byKey, [multiFactor], withPasskey, 'done'],
  ['a passkey although there is an app', byKey, [], withApp, 'done'],
  ['a stale password, before its code', pwd, [], withStalePassword, 'second'],
  ['a stale password and its code', both, [], withStalePassword, 'new-password'],
  ['a passkey of somebody whose password is stale', byKey, [], withStalePassword, 'done'],
  ['two factors where a third is asked', both, ['urn:retina'], withApp, 'impossible'],
] as const
for (const [what, amr, asked, has, step] of steps) {
  test(`after ${what} comes ${step} [S8] [S11]`, () => {
    assert.equal(nextStep({ amr, asked, has }), step)
  })
}

test('a temporary pass stands for both factors, because the person has none [S11]', () => {
  const amr = withProof([], 'temporaryPass')
  assert.equal(contextOf(amr), multiFactor)
  assert.equal(nextStep({ amr, asked: [multiFactor], has: withApp }), 'done')
})

const proofs: readonly Proof[] = ['password', 'code', 'recoveryCode', 'passkey', 'temporaryPass']
const strong: readonly Proof[] = ['passkey', 'temporaryPass']

test('two factors are claimed exactly when two were shown, in whatever order and however often [S8]', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('code', 'recoveryCode'), { maxLength: 4 }), (codes) => {
      assert.equal(contextOf(codes.reduce(withProof, [])), singleFactor)
      const after = codes.reduce(withProof, withProof([], 'password'))
      assert.equal(contextOf(after), codes.length > 0 ? multiFactor : singleFactor)
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...proofs), { maxLength: 5 }), (shown) => {
      const amr = shown.reduce<readonly string[]>(withProof, [])
      const passwordAt = shown.indexOf('password')
      const codeAfter = shown.some(
        (proof, at) => (proof === 'code' || proof === 'recoveryCode') && at > passwordAt,
      )
      const two = shown.some((p) => strong.includes(p)) || (passwordAt >= 0 && codeAfter)
      assert.equal(contextOf(amr) === multiFactor, two)
    }),
  )
})
