import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { Fault } from '../../base/fault.ts'
import { silentLog } from '../../base/log.ts'
import { signedInAs } from '../fixture-signed-in.ts'
import { MemorySessions } from '../fixture-stores.ts'
import type { GuardedApplication } from '../guarded.ts'
import type { Person } from '../person.ts'
import type { Session } from '../session.ts'
import { isEdgeCookie } from './edge-cookie.ts'
import { Renewals } from './renewals.ts'
import { Sessions } from './sessions.ts'
import { TokenVault } from './token-vault.ts'

const app: GuardedApplication = {
  id: 'app',
  appId: 'ABCDEF01-0000-4000-8000-000000000000',
  displayName: 'Shop',
  origins: ['https://home.test', 'https://api.test'],
  cookie: { httpOnly: true, secure: true, persistent: false, sameSite: 'Lax' },
  sessionLifetimeSeconds: undefined,
}
const person: Person = {
  id: 'p',
  userPrincipalName: 'p@test',
  displayName: 'P',
  mail: undefined,
  enabled: true,
}

const signedIn = signedInAs('p', { providerId: 'idp', providerSessionId: 'sid' })

let now: number
let store: MemorySessions
let sessions: Sessions
let session: Session

beforeEach(async () => {
  now = 5_000_000
  store = new MemorySessions()
  sessions = freshEdge()
  session = await sessions.create({
    person,
    applicationId: app.id,
    signedIn,
    lifetimeSeconds: 600,
  })
})

function edgeOn(kept: MemorySessions, macKey = new Uint8Array(32).fill(1)): Sessions {
  const vault = new TokenVault([new Uint8Array(32).fill(2)], () => now)
  return new Sessions({ store: kept, macKey, vault, clock: () => now })
}

/** Another edge with the same key and store, and nothing cached. */
function freshEdge(): Sessions {
  return edgeOn(store)
}

function pairOf(setCookie: string): string {
  return setCookie.split('; ')[0] as string
}

function cookie(host = 'home.test'): string {
  return pairOf(sessions.cookieFor(app, session, host))
}

test('a session is found by its cookie, at once when cached and once for many when not [S3]', async () => {
  assert.deepEqual(sessions.check(app, 'home.test', [cookie()]), { session })
  const other = freshEdge()
  const both = [
    other.check(app, 'home.test', [cookie()]),
    other.check(app, 'home.test', [cookie()]),
  ]
  assert.ok(both.every((verdict) => verdict instanceof Promise))
  assert.deepEqual(await Promise.all(both), [{ session }, { session }])
  assert.equal(store.finds, 1)
  assert.deepEqual(other.check(app, 'home.test', [`a=b; ${cookie()}; c=d`]), { session })
})

test('the cookie is host-only, Secure, HttpOnly and Lax, and ends with the browser [S3]', () => {
  const [pair, ...attributes] = sessions.cookieFor(app, session, 'home.test').split('; ')
  assert.match(pair ?? '', /^__Host-sallyport-abcdef01=[\w-]{43}\.[\w-]{43}$/)
  assert.deepEqual(attributes, ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Lax'])
})

test('the cookie settings of the application are honoured [S3]', () => {
  const open = {
    ...app,
    cookie: { httpOnly: false, secure: false, persistent: true, sameSite: 'None' } as const,
  }
  const written = sessions.cookieFor(open, session, 'home.test')
  assert.match(written, /^sallyport-abcdef01=\S+; Path=\/; Max-Age=600; SameSite=Lax$/)
  const framed = { ...app, cookie: { ...app.cookie, sameSite: 'None' } as const }
  assert.match(
    sessions.cookieFor(framed, session, 'home.test'),
    /; Secure; HttpOnly; SameSite=None$/,
  )
  assert.match(sessions.clearing(app), /^__Host-sallyport-abcdef01=; Path=\/; Max-Age=0; Secure/)
})

test('a cookie stolen from one host is worthless on another, and the port does not matter [S3]', async () => {
  assert.deepEqual(await sessions.check(app, 'api.test', [cookie()]), { refused: 'bad-cookie' })
  assert.deepEqual(await sessions.check(app, 'home.test:8443', [cookie()]), { session })
  assert.equal(store.finds, 0)
})

const bad: readonly [what: string, cookies: (good: string) => string[], refused: string][] = [
  ['no cookie', () => [], 'no-cookie'],
  ['another name', (good) => [good.replace('__Host-', '')], 'no-cookie'],
  ['a name with a Unicode space before it', (good) => [`\u2000${good}`], 'no-cookie'],
  ['two of them', (good) => [`${good}; ${good}`], 'several-cookies'],
  ['two Cookie fields', (good) => [good, good], 'several-cookies'],
  [
    'garbage beside the good one',
    (good) => [`__Host-sallyport-abcdef01=AAAA; ${good}`],
    'several-cookies',
  ],
  ['an empty value', () => ['__Host-sallyport-abcdef01='], 'bad-cookie'],
  ['a short value', () => ['__Host-sallyport-abcdef01=AAAA'], 'bad-cookie'],
  ['quotes', (good) => [good.replace('=', '="').concat('"')], 'bad-cookie'],
  ['a trailing byte', (good) => [`${good}A`], 'bad-cookie'],
  ['no separator', (good) => [good.replace('.', 'A')], 'bad-cookie'],
  ['bytes outside ASCII', (good) => [`${good.slice(0, -1)}é`], 'bad-cookie'],
  ['a megabyte', () => [`__Host-sallyport-abcdef01=${'A'.repeat(1 << 20)}`], 'bad-cookie'],
]
for (const [what, cookies, refused] of bad) {
  test(`${what} is refused as ${refused}, without asking the store [S3]`, async () => {
    assert.deepEqual(await sessions.check(app, 'home.test', cookies(cookie())), { refused })
    assert.equal(store.finds, 0)
  })
}

test('a changed character anywhere in the value is refused [S3]', async () => {
  const good = cookie()
  const start = good.indexOf('=') + 1
  for (let i = start; i < good.length; i++) {
    const changed = good.slice(0, i) + (good[i] === 'A' ? 'B' : 'A') + good.slice(i + 1)
    assert.ok('refused' in (await sessions.check(app, 'home.test', [changed])), `character ${i}`)
  }
})

test('the store alone forges no cookie: another key does not fit [S3]', async () => {
  const other = edgeOn(store, new Uint8Array(32).fill(2))
  assert.deepEqual(await other.check(app, 'home.test', [cookie()]), { refused: 'bad-cookie' })
})

test('a session of one application is refused at another [S3]', async () => {
  const other = { ...app, id: 'other' } // the same cookie name, as two appIds may share eight digits
  assert.deepEqual(await sessions.check(other, 'home.test', [cookie()]), {
    refused: 'other-application',
  })
})

test('a session expires by the clock, cached or not', async () => {
  const good = cookie()
  now += 600_000
  assert.deepEqual(await sessions.check(app, 'home.test', [good]), { refused: 'expired' })
  assert.deepEqual(await freshEdge().check(app, 'home.test', [good]), { refused: 'expired' })
  assert.equal(await sessions.find(session.id), undefined)
})

test('a session that ended is over at once on every edge that shares the store [S9]', async () => {
  const other = freshEdge()
  const good = cookie()
  await other.check(app, 'home.test', [good])
  const told: string[][] = []
  other.onEnded((ids) => void told.push([...ids]))
  await sessions.end({ providerId: 'idp', providerSessionId: 'sid' })
  assert.deepEqual(sessions.check(app, 'home.test', [good]), { refused: 'ended' })
  assert.deepEqual(other.check(app, 'home.test', [good]), { refused: 'ended' })
  assert.deepEqual(told, [[session.id]])
})

test('wasEnded() tells of a revocation since a session was found, not of the end of its time [S9]', async () => {
  assert.equal(sessions.wasEnded(session), false)
  assert.equal(freshEdge().wasEnded(session), false, 'what is not cached was not revoked since')
  now += 600_000
  assert.equal(sessions.wasEnded(session), false)
  now -= 600_000
  await sessions.end({ sessionId: session.id })
  assert.ok(sessions.wasEnded(session))
})

test('a revocation between the question to the store and its answer is not lost [S9]', async () => {
  const { promise, resolve } = Promise.withResolvers<Session | undefined>()
  const slow = Object.assign(new MemorySessions(), { find: () => promise })
  const edge = edgeOn(slow)
  slow.rows.set(session.id, session)
  const verdict = edge.check(app, 'home.test', [cookie()])
  await slow.revoke({ personId: 'p' })
  resolve(session)
  assert.deepEqual(await verdict, { refused: 'ended' })
})

test('a store that fails is not taken for an ended session [N3]', async () => {
  const failing = Object.assign(new MemorySessions(), {
    find: () => Promise.reject(new Error('down')),
  })
  const edge = edgeOn(failing)
  await assert.rejects(async () => edge.check(app, 'home.test', [cookie()]))
  Object.assign(failing, { find: async () => session })
  assert.deepEqual(await edge.check(app, 'home.test', [cookie()]), { session })
})

for (const [name, ours] of [
  ['__Host-sallyport-abcdef01', true],
  ['__Host-sallyport-bind-x', true],
  ['sallyport-abcdef01', true],
  ['__host-SALLYPORT-x', true],
  ['__Secure-sallyport-interaction', true],
  ['sallyports', false],
  ['session', false],
] as const) {
  test(`isEdgeCookie() says ${ours} for ${name} [S3]`, () => {
    assert.equal(isEdgeCookie(name), ours)
  })
}

test('the tokens of a session stand sealed in the store, and open for no other session', async () => {
  const [sealed = ''] = store.tokens.values()
  assert.ok(!sealed.includes(signedIn.idToken))
  const { idToken } = signedIn
  assert.deepEqual(await freshEdge().tokensOf(session.id), { idToken, refreshToken: undefined })
  store.rows.set('another', { ...session, id: 'another' })
  store.tokens.set('another', sealed)
  assert.equal(await sessions.tokensOf('another'), undefined)
  await sessions.end({ sessionId: session.id })
  assert.equal(await sessions.tokensOf(session.id), undefined)
})

const foreign: GuardedApplication = { ...app, cookie: { ...app.cookie, sameSite: 'None' } }

test('below pages of another site a cookie of that site alone counts, where there is no other [S2] [S3]', async () => {
  const set = sessions.partitionedCookieFor(foreign, session, 'api.test') ?? ''
  assert.match(
    set,
    /^__Host-sallyport-abcdef01-p=\S+; Path=\/; Secure; HttpOnly; SameSite=None; Partitioned$/,
  )
  assert.ok(isEdgeCookie(set.split('=')[0] as string))
  const partitioned = pairOf(set)
  assert.deepEqual(await sessions.check(foreign, 'api.test', [partitioned]), { session })
  // Worth as little at another host, twice, or beside one that is bad.
  for (const [host, cookies, refused] of [
    ['home.test', partitioned, 'bad-cookie'],
    ['api.test', `${partitioned}; ${partitioned}`, 'several-cookies'],
    ['api.test', `__Host-sallyport-abcdef01=AAAA; ${partitioned}`, 'bad-cookie'],
  ] as const) {
    assert.deepEqual(await sessions.check(foreign, host, [cookies]), { refused })
  }
  const own = pairOf(sessions.cookieFor(foreign, session, 'api.test'))
  assert.deepEqual(await sessions.check(foreign, 'api.test', [`${partitioned}; ${own}`]), {
    session,
  })
})

test('there is no such cookie where no page of another site calls, or the cookie is not secure [S3]', () => {
  const insecure: GuardedApplication = { ...foreign, cookie: { ...foreign.cookie, secure: false } }
  for (const which of [app, insecure]) {
    assert.equal(sessions.partitionedCookieFor(which, session, 'api.test'), undefined)
  }
})

test('a revocation that the store cannot take counts here at once and is made up for later [S9] [N3]', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { revoke } = store
  let tries = 0
  store.revoke = async () => {
    tries++
    throw new Fault('storage-busy', 'locked')
  }
  await assert.rejects(sessions.end({ sessionId: session.id }), Fault)
  await assert.rejects(sessions.end({ personId: 'p' }), Fault)
  assert.deepEqual(await sessions.check(app, 'home.test', [cookie()]), { refused: 'ended' })
  t.mock.timers.tick(500)
  await new Promise(setImmediate)
  assert.equal(tries, 3)
  store.revoke = revoke
  t.mock.timers.tick(1_000)
  await new Promise(setImmediate)
  assert.equal(store.rows.size, 0)
})

test('signing out finds a session that nobody vouches for at the moment [S9] [N3]', async () => {
  const { id } = session
  const kept = store.rows.get(id)
  assert.ok(kept)
  store.rows.set(id, { ...kept, verifiedAt: now - 10_000, refreshable: true })
  const edge = freshEdge()
  edge.renewBy(
    new Renewals({
      ...{ store, vault: new TokenVault([new Uint8Array(32).fill(2)], () => now), log: silentLog },
      ...{ person: async () => person, reuseMs: () => 0, clock: () => now },
      refresh: async () => ({ unanswered: 'unsent', cause: 'ECONNREFUSED' }),
    }),
  )
  edge.govern({ accessMs: () => 1_000, idleMs: undefined })
  const good = cookie()
  assert.equal((await edge.shown(app, 'home.test', [good]))?.id, id)
  assert.ok('refused' in (await edge.check(app, 'home.test', [good])))
  assert.equal((await edge.shown(app, 'home.test', [good]))?.id, id)
  assert.equal(await edge.shown(app, 'api.test', [good]), undefined)
  assert.equal(await edge.shown(app, 'home.test', [`${good}x`]), undefined)
  assert.equal(await edge.shown({ ...app, id: 'other' }, 'home.test', [good]), undefined)
})
