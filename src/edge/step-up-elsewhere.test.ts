import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../identity/fixture-world.ts'
import { type LyingProvider, startProvider } from '../identity/relying-party/fixture-provider.ts'
import { type ConditionalAccess, compileConditionalAccess } from '../policy/compile.ts'
import { type PolicyChange, samplePolicy, sources } from '../policy/sample.ts'
import { AccessJudge } from './access-judge.ts'

let world: World
let provider: LyingProvider
let access: ConditionalAccess
before(async () => {
  world = await startWorld(
    { shop: ['home'] },
    (clock) =>
      new AccessJudge({
        clock,
        trustedProxies: undefined,
        countryOf: () => undefined,
        current: () => access,
      }),
  )
  provider = await startProvider(world, 'idp')
})
after(async () => {
  await provider[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

// The world's first application.
const shop = {
  id: '00000000-0000-4000-8000-00000000000a',
  appId: 'c0ffee00-0000-4000-8000-00000000000b',
}
const secondFactor = {}
const hourly = { grant: undefined, session: { maxAge: { unit: 'hours', count: 1 } } } as const
const both = { session: hourly.session }
const now = () => Math.floor(Date.now() / 1000)

// What a policy wants, what a provider of somebody else's says whatever it is asked, how often it is asked, and whether
// that is enough.
const cases: readonly (readonly [string, PolicyChange, () => object, number, boolean])[] = [
  ['no second factor', secondFactor, () => ({}), 2, false],
  ['a factor of amr', secondFactor, () => ({ amr: ['pwd', 'mfa'] }), 1, true],
  ['the word that is configured', secondFactor, () => ({ acr: 'gold' }), 1, true],
  ['another word', secondFactor, () => ({ acr: 'silver' }), 2, false],
  ['no time', hourly, () => ({}), 2, false],
  ['a time long ago', hourly, () => ({ auth_time: now() - 7_200 }), 2, false],
  ['a time of now', hourly, () => ({ auth_time: now() }), 1, true],
  ['neither', both, () => ({}), 2, false],
  ['one of two', both, () => ({ amr: ['mfa'], auth_time: now() - 7_200 }), 2, false],
  ['both', both, () => ({ amr: ['mfa'], auth_time: now() }), 1, true],
]
for (const [what, change, claims, asked, isEnough] of cases) {
  const outcome = isEnough ? 'lets in' : 'ends with a page that says so, and no session'
  test(`a provider that says ${what} is asked ${asked === 1 ? 'once' : 'twice'}, which ${outcome} [S8] [S11]`, async () => {
    access = compileConditionalAccess({ ...sources, policies: [samplePolicy(change)] }, [shop])
    const settings = { ...provider.settings, multiFactorContext: 'gold' }
    world.providers.apply({ providers: [settings], defaultId: 'idp' })
    provider.lies = { claims: { ...claims() } }
    provider.codes.length = 0
    world.store.rows.clear()
    const shown = await world.browser().open(`${world.origin('home')}/deep`)
    assert.equal(provider.codes.length, asked)
    assert.equal(world.store.rows.size, isEnough ? 1 : 0)
    if (isEnough) assert.match(shown.body, /^ann@idp\.test at \/deep/)
    else assert.match(shown.body, /This sign-in is not enough.*“Second factor for all”/s)
  })
}
