import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Demand, GateRefusal } from '../access-gate.ts'
import { demandParameters, withFactors } from '../demand.ts'
import { signedInAs } from '../fixture-signed-in.ts'
import { afterRefusal } from './refused-sign-in.ts'

const target = 'https://home.contoso.net/'
const policy = { id: 'p1', displayName: 'Second factor' }
const demand = fc
  .record({
    multiFactor: fc.boolean(),
    maxAgeSeconds: fc.option(fc.constantFrom(0, 3_480, 86_280), { nil: undefined }),
  })
  .filter(({ multiFactor, maxAgeSeconds }) => multiFactor || maxAgeSeconds !== undefined)

function refusal(wanted: Demand): GateRefusal {
  return {
    code: wanted.multiFactor ? 'mfa-required' : 'sign-in-too-old',
    policy,
    demand: wanted,
  }
}

test('nobody goes round: whatever policies ask, and whatever the provider gives, it ends with a page [S8]', () => {
  fc.assert(
    fc.property(fc.infiniteStream(demand), (wanted) => {
      let asked: Demand | undefined
      let rounds = 0
      for (const each of wanted) {
        const next = afterRefusal(refusal(each), asked, target, undefined)
        if ('status' in next) break
        asked = next
        rounds++
        // One for the second factor, three for the ages above.
        assert.ok(rounds <= 4, `${rounds} rounds`)
      }
    }),
  )
})

test('the second refusal for the same reason is a page that names the policy and the way on [S8]', () => {
  const wanted = { multiFactor: true, maxAgeSeconds: undefined }
  assert.deepEqual(afterRefusal(refusal(wanted), undefined, target, undefined), wanted)
  const page = afterRefusal(refusal(wanted), wanted, target, undefined)
  assert.ok('status' in page)
  assert.equal(page.status, 403)
  assert.match(page.body, /“Second factor” asks for a second factor/)
  assert.match(page.body, /href="https:\/\/home\.contoso\.net\/"/)
})

const parameters = [
  [undefined, {}],
  [
    { multiFactor: true, maxAgeSeconds: undefined },
    { acr_values: 'https://refeds.org/profile/mfa' },
  ],
  [{ multiFactor: false, maxAgeSeconds: 3_480 }, { max_age: '3480' }],
  [
    { multiFactor: false, maxAgeSeconds: 0 },
    { max_age: '0', prompt: 'login' },
  ],
] as const
for (const [wanted, sent] of parameters) {
  test(`an authorization request says ${JSON.stringify(sent)} [S8]`, () => {
    assert.deepEqual(demandParameters(wanted), sent)
  })
}

const said = [
  ['another provider’s word', 'urn:okta:loa:1fa:any', 'urn:okta:loa:2fa:any', ['pwd']],
  ['this provider’s word', 'urn:okta:loa:2fa:any', 'urn:okta:loa:2fa:any', ['pwd', 'mfa']],
  ['a word that nobody configured', 'urn:okta:loa:2fa:any', undefined, ['pwd']],
  ['nothing', undefined, 'urn:okta:loa:2fa:any', ['pwd']],
] as const
for (const [what, acr, configured, amr] of said) {
  test(`${what} in acr makes ${amr.join(' ')} of a password [S8] [S11]`, () => {
    const signedIn = { ...signedInAs('ann'), amr: ['pwd'], acr }
    assert.deepEqual(withFactors(signedIn, configured).amr, amr)
  })
}

test('a provider is asked for a second factor by its own word [S8] [S11]', () => {
  const wanted = { multiFactor: true, maxAgeSeconds: undefined }
  assert.deepEqual(demandParameters(wanted, 'gold'), { acr_values: 'gold' })
})
