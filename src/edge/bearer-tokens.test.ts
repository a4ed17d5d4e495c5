import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { importJWK, type JWK, SignJWT } from 'jose'
import { startWorld, type World } from '../identity/fixture-world.ts'
import type { Person } from '../identity/person.ts'
import { generateProviderKeys, type ProviderKeys } from '../identity/provider/provider-keys.ts'
import { type LyingProvider, startProvider } from '../identity/relying-party/fixture-provider.ts'
import { RelyingParties } from '../identity/relying-party/relying-parties.ts'
import {
  believedIssuers,
  embeddedIssuer,
  type TokenPeople,
} from '../identity/token/token-issuer.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
import { samplePolicy, sources } from '../policy/sample.ts'
import { compileApplication } from '../publishing/route.ts'
import type { RoutedApplication } from '../publishing/route-table.ts'
import { sampleApplication } from '../publishing/sample.ts'
import { AccessJudge } from './access-judge.ts'
import { BearerTokens, isProgram } from './bearer-tokens.ts'

const issuer = 'https://login.contoso.test'
let world: World
let provider: LyingProvider
let other: LyingProvider
let keys: ProviderKeys
before(async () => {
  world = await startWorld({ shop: ['home'] })
  provider = await startProvider(world, 'idp')
  other = await startProvider(world, 'other')
  keys = await generateProviderKeys()
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
})

const ann: Person = {
  ...{ id: 'p-ann', userPrincipalName: 'ann@contoso.net', displayName: 'Ann' },
  ...{ mail: undefined, enabled: true },
}

let looked: (readonly [string, string | undefined])[]
let known: Map<string, Person>
let bearer: BearerTokens
let parties: RelyingParties
let app: RoutedApplication
beforeEach(() => {
  looked = []
  known = new Map([
    ['p-ann undefined', ann],
    [`idp-ann ${provider.issuer}`, ann],
  ])
  const people: TokenPeople = {
    async byToken(subject, name) {
      looked.push([subject, name])
      return known.get(`${subject} ${name}`)
    },
  }
  const clock = Date.now
  const embedded = { ...provider.settings, id: 'embedded', issuer }
  parties = new RelyingParties({ embedded, loginOrigin: issuer, clock })
  parties.apply({ providers: [provider.settings, other.settings], defaultId: undefined })
  const issuers = believedIssuers(embeddedIssuer(issuer, keys, people), parties, people)
  bearer = new BearerTokens({ issuers, clock })
  const published = sampleApplication('app', {
    externalUrl: 'https://app.contoso.test/',
    internalUrl: 'http://inside.test/',
  })
  const application = { ...published, identifierUris: ['https://app.contoso.test'] }
  app = compileApplication(application)[0]?.application as RoutedApplication
})

type Claims = Readonly<Record<string, unknown>>

async function own(claims: Claims = {}): Promise<string> {
  const [jwk] = keys.keys
  const good = {
    iss: issuer,
    aud: 'app-app',
    sub: 'p-ann',
    client_id: 'cli',
    ...{ scp: 'user_impersonation' },
  }
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(jwk?.kid) })
    .setIssuedAt()
    .setExpirationTime('5 m')
    .sign(await importJWK(jwk as JWK, 'ES256'))
}

function foreign(from: LyingProvider, claims: Claims = {}): Promise<string> {
  const good = { iss: from.issuer, aud: 'api://app-app', sub: 'idp-ann', azp: 'cli' }
  return new SignJWT({ ...good, scope: 'openid user_impersonation', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .setIssuedAt()
    .setExpirationTime('5 m')
    .sign(from.key)
}

async function check(token: string, version = 1): Promise<string> {
  const principals = new Map([['robot', 'p-robot']])
  const verdict = await bearer.check(token, app, { version, principals })
  return 'session' in verdict ? `in as ${verdict.session.personId}` : verdict.refused
}

const robot = { sub: 'robot', client_id: 'robot', idtyp: 'app', scp: undefined }
const cases: readonly (readonly [string, () => Promise<string>, string])[] = [
  ['of a person here', () => own(), 'in as p-ann'],
  ['named by its own URI', () => own({ aud: 'https://app.contoso.test' }), 'in as p-ann'],
  ['of a person of an external provider', () => foreign(provider), 'in as p-ann'],
  ['of somebody unknown there', () => foreign(provider, { sub: 'eve' }), 'unknown-principal'],
  [
    'of another provider, about its own person of that name',
    () => foreign(other),
    'unknown-principal',
  ],
  [
    'that names one provider and is signed by another',
    () => foreign(other, { iss: provider.issuer }),
    'bad-signature',
  ],
  [
    'that names the embedded provider and is signed by an external one',
    () => foreign(provider, { iss: issuer }),
    'wrong-type',
  ],
  [
    'of a person with a person id of here, from elsewhere',
    () => foreign(provider, { sub: 'p-ann' }),
    'unknown-principal',
  ],
  ['of a program', () => own(robot), 'in as p-robot'],
  [
    'of a program that is not registered',
    () => own({ ...robot, client_id: 'x' }),
    'unknown-principal',
  ],
  [
    'of a program that an external provider calls like one here',
    () => foreign(provider, { ...robot, azp: 'robot', scope: 'a' }),
    'unknown-principal',
  ],
  ['without the scope to act for a person', () => own({ scp: 'openid' }), 'insufficient-scope'],
  [
    'with a scope that only begins like it',
    () => own({ scp: 'user_impersonation2' }),
    'insufficient-scope',
  ],
  ['for another application', () => own({ aud: 'app-other' }), 'wrong-audience'],
]
for (const [what, make, expected] of cases) {
  test(`a token ${what}: ${expected} [S10] [S11]`, async () => {
    assert.equal(await check(await make()), expected)
  })
}

test('a token is checked once, and whom it is about after every change [S10] [S9]', async () => {
  const token = await own()
  for (const version of [1, 1, 2, 2]) assert.equal(await check(token, version), 'in as p-ann')
  assert.equal(looked.length, 2)
  known.clear()
  assert.equal(await check(token, 2), 'in as p-ann')
  assert.equal(await check(token, 3), 'unknown-principal')
  known.set('p-ann undefined', ann)
  assert.equal(await check(token, 4), 'in as p-ann')
})

test('nobody gets in by an issuer that was taken away, however well its tokens are known [S9] [S10] [S11]', async () => {
  const token = await foreign(provider)
  assert.equal(await check(token, 1), 'in as p-ann')
  const session = await bearer.check(token, app, { version: 1, principals: new Map() })
  assert.ok('session' in session)
  parties.apply({ providers: [other.settings], defaultId: undefined })
  const snapshot = {
    ...{ version: 2, principals: new Map(), routes: { applications: new Map([[app.id, app]]) } },
    access: { assigned: new Map([[app.id, new Set(['p-ann'])]]), openToAll: new Set<string>() },
  }
  const stream = await bearer.revisit(session.session.id, snapshot)
  assert.deepEqual(stream, { refused: 'unknown-issuer' })
  assert.equal(await check(token, 2), 'unknown-issuer')
  parties.apply({ providers: [provider.settings], defaultId: undefined })
  assert.equal(await check(token, 3), 'in as p-ann')
})

test('how and when the person signed in comes along, for policies; the future is not believed [S8] [S10]', async () => {
  const token = await own({ auth_time: Date.now(), amr: ['pwd', 'mfa', 7], acr: 'mfa', sid: 's1' })
  const verdict = await bearer.check(token, app, { version: 1, principals: new Map() })
  assert.ok('session' in verdict)
  const { session } = verdict
  assert.deepEqual(session.amr, ['pwd', 'mfa'])
  assert.equal(session.acr, 'mfa')
  assert.ok(session.authenticatedAt <= Date.now())
})

test('policies for all people hold for a person with a token, and not for a program [S8] [S10]', async () => {
  const policies = [samplePolicy({ grant: { operator: 'OR', controls: ['block'] } })]
  const judge = new AccessJudge({
    clock: Date.now,
    trustedProxies: undefined,
    countryOf: () => undefined,
    current: () => compileConditionalAccess({ ...sources, policies }, [app]),
  })
  const isAllowed = async (token: string) => {
    const principals = new Map([['robot', 'p-robot']])
    const verdict = await bearer.check(token, app, { version: 1, principals })
    assert.ok('session' in verdict)
    const client = { peer: '192.0.2.7', headers: [] }
    assert.equal(
      judge.appliedPolicies(app, verdict.session, client).length,
      isProgram(verdict.session) ? 0 : 1,
    )
    return judge.judgeSession(app, verdict.session, client).allowed
  }
  assert.equal(await isAllowed(await own()), false)
  assert.equal(await isAllowed(await own(robot)), true)
})
