import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextOf, multiFactor, reachesContext, singleFactor } from './authentication-context.ts'

const cases = [
  ['nothing asked, nobody signed in', undefined, [], true],
  ['nothing asked', singleFactor, [], true],
  ['one factor for one', singleFactor, [singleFactor], true],
  ['one factor for two', singleFactor, [multiFactor], false],
  ['two factors for one', multiFactor, [singleFactor], true],
  ['two factors for two', multiFactor, [multiFactor], true],
  ['either will do', singleFactor, [multiFactor, singleFactor], true],
  ['nothing shown', undefined, [singleFactor], false],
  ['a context nobody offers', multiFactor, ['urn:other'], false],
  ['a claim from somewhere else', 'urn:other', [singleFactor], false],
] as const
for (const [what, acr, asked, reached] of cases) {
  test(`reachesContext(): ${what} [S8]`, () => {
    assert.equal(reachesContext(acr, asked), reached)
  })
}

test('only what says that two factors were shown is the context of two factors [S8]', () => {
  assert.equal(contextOf(['pwd']), singleFactor)
  assert.equal(contextOf(['pwd', 'otp']), singleFactor)
  assert.equal(contextOf(['pwd', 'otp', 'mfa']), multiFactor)
  assert.equal(contextOf(['pop', 'user', 'mfa']), multiFactor)
})
