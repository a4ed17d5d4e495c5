import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { importJWK, SignJWT } from 'jose'
import { silentLog } from '../base/log.ts'
import { signedInAs } from '../identity/fixture-signed-in.ts'
import { MemoryPeople, MemorySessions } from '../identity/fixture-stores.ts'
import { generateProviderKeys } from '../identity/provider/provider-keys.ts'
import { Sessions } from '../identity/session/sessions.ts'
import { TokenVault } from '../identity/session/token-vault.ts'
import type { Session } from '../identity/session.ts'
import { embeddedIssuer } from '../identity/token/token-issuer.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
import { samplePolicy, sources } from '../policy/sample.ts'
import type { RoutedApplication } from '../publishing/route-table.ts'
import { AccessJudge } from './access-judge.ts'
import { BearerTokens } from './bearer-tokens.ts'
import type { Edge } from './edge.ts'
import { LiveStreams } from './live-streams.ts'
import { watchStreams } from './watch-streams.ts'

const issuer = 'https://login.test'
const app = {
  id: 'a1',
  appId: 'app-id',
  identifierUris: [] as string[],
} as unknown as RoutedApplication
const ann = { id: 'ann', userPrincipalName: 'a@test', displayName: 'A', mail: undefined }

let now: number
let people: MemoryPeople
let live: LiveStreams
let edge: Parameters<typeof watchStreams>[0]
let changed: () => void
let closed: string[]
/** Every look that was taken at a stream's session or token. */
let looks: Promise<unknown>[]
/** The session that an access token of Ann's stands for, good for an hour. */
let sessionId: string
beforeEach(async (t) => {
  now = Date.now()
  const clock = () => now
  people = new MemoryPeople()
  people.rows.set('ann', { ...ann, enabled: true, password: '' })
  const jwks = await generateProviderKeys()
  const byToken = async (id: string) => {
    const person = await people.byId(id)
    return person?.enabled ? person : undefined
  }
  const own = embeddedIssuer(issuer, jwks, { byToken })
  const bearerTokens = new BearerTokens({
    issuers: { find: (name) => (name === issuer ? own : undefined) },
    clock,
  })
  const vault = new TokenVault([new Uint8Array(32)], clock)
  const store = new MemorySessions()
  const sessions = new Sessions({ store, macKey: new Uint8Array(32), vault, clock })
  live = new LiveStreams()
  looks = []
  const looked = <Look>(look: Look): Look => {
    looks.push(Promise.resolve(look))
    return look
  }
  const revisitToken = bearerTokens.revisit.bind(bearerTokens)
  bearerTokens.revisit = (id, snapshot) => looked(revisitToken(id, snapshot))
  const revisitSession = sessions.revisit.bind(sessions)
  sessions.revisit = (id) => looked(revisitSession(id))
  edge = { live, sessions, bearerTokens, snapshot: snapshotOf(1, ['ann']), log: silentLog }
  const stop = watchStreams(edge, {
    follow(listener) {
      changed = listener
    },
  })
  if ('after' in t) t.after(stop)
  const [jwk] = jwks.keys
  assert.ok(jwk)
  const token = await new SignJWT({ sub: 'ann', client_id: 'c', scope: 'user_impersonation' })
    .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience('app-id')
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(now / 1000) + 3_600)
    .sign(await importJWK(jwk, 'ES256'))
  const verdict = await bearerTokens.check(token, app, edge.snapshot)
  assert.ok('session' in verdict, JSON.stringify(verdict))
  sessionId = verdict.session.id
  closed = []
  live.add(sessionId, (because) => closed.push(because))
})

function snapshotOf(version: number, assigned: readonly string[]): Edge['snapshot'] {
  return {
    version,
    routes: { applications: new Map([['a1', app]]) },
    access: { assigned: new Map([['a1', new Set(assigned)]]), openToAll: new Set() },
    principals: new Map(),
  } as unknown as Edge['snapshot']
}

/** Another snapshot is in force, and every stream has been looked at. */
async function change(snapshot: Edge['snapshot']): Promise<void> {
  edge.snapshot = snapshot
  changed()
  await Promise.allSettled(looks)
  await new Promise(setImmediate)
}

test('a stream that an access token opened goes on as long as the token counts, through changes of others [S9] [S10]', async () => {
  await change(snapshotOf(2, ['ann', 'bob']))
  assert.deepEqual(closed, [])
  now += 3_600_001
  await change(snapshotOf(3, ['ann', 'bob']))
  assert.deepEqual(closed, ['expired'])
})

test('a stream of an access token ends with the assignment that let it in [S9] [S10]', async () => {
  await change(snapshotOf(2, ['bob']))
  assert.deepEqual(closed, ['ended'])
})

test('a stream of an access token ends when its person is disabled [S9] [S10]', async () => {
  people.rows.set('ann', { ...ann, enabled: false, password: '' })
  await change(snapshotOf(2, ['ann']))
  assert.deepEqual(closed, ['ended'])
})

test('a stream of an access token ends when its application is not published any more [S9] [S10]', async () => {
  const snapshot = snapshotOf(2, ['ann'])
  await change({ ...snapshot, routes: { ...snapshot.routes, applications: new Map() } })
  assert.deepEqual(closed, ['ended'])
})

test('a stream whose session is in no store is closed [S9]', async () => {
  live.add('unknown', (because) => closed.push(because))
  await change(edge.snapshot)
  assert.deepEqual(closed, ['ended'])
})

test('a stream ends when the sign-in behind it gets too old for a policy, and not before [S8] [S9]', async () => {
  const hourly = { grant: undefined, session: { maxAge: { unit: 'hours', count: 1 } } } as const
  const policies = [samplePolicy(hourly)]
  const judge = new AccessJudge({
    clock: () => now,
    trustedProxies: undefined,
    countryOf: () => undefined,
    current: () => compileConditionalAccess({ ...sources, policies }, [app]),
  })
  const session = await edge.sessions.create({
    person: { ...ann, enabled: true },
    applicationId: app.id,
    signedIn: signedInAs('ann', { authenticatedAt: now }),
    lifetimeSeconds: 9 * 3_600,
  })
  const client = { peer: '192.0.2.7', headers: [] }
  const mayGoOn = (seen: Session) => judge.judgeSession(app, seen, client).allowed
  const ended: string[] = []
  live.add(session.id, (because) => ended.push(because), mayGoOn)
  now += 3_600_000 - 1
  await change(edge.snapshot)
  assert.equal(ended.length, 0)
  now += 1
  await change(edge.snapshot)
  assert.equal(ended[0], 'refused')
})
