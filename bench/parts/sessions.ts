import assert from 'node:assert/strict'
import { join } from 'node:path'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { openDirectory } from '../../src/directory/open.ts'
import { signedInAs } from '../../src/identity/fixture-signed-in.ts'
import { openKeys } from '../../src/run/keys.ts'
import { openSessions } from '../../src/run/sessions.ts'
import { HttpClient } from '../../test/http-client.ts'
import { residentBytesOf } from '../cpu.ts'
import { type Outcome, rounded } from '../outcome.ts'
import type { Published, RunningSallyport } from '../sallyport.ts'
import { person } from '../sign-in.ts'
import type { Stage } from '../stage.ts'

const count = 20_000
const concurrency = 64
/** More of them, whose first request is compared with their second. */
const strangers = 2_000
const lifetimeSeconds = 3_600
// What ID tokens of usual providers have.
const idToken = 'x'.repeat(900)

/** What the edge's memory holds for each of 20,000 people who are signed in and have asked for something. */
export async function measureSessions(stage: Stage): Promise<Outcome> {
  const sallyport = await stage.sallyport
  const published = await stage.small
  const made = await createSessions(sallyport, published)
  const cookies = made.slice(strangers)
  // As many requests of one person first, so that what requests leave behind does not count.
  await askAs(
    sallyport,
    published,
    cookies.map(() => published.cookie),
  )
  const before = residentBytesOf(sallyport.edge)
  await askAs(sallyport, published, cookies)
  const kib = (residentBytesOf(sallyport.edge) - before) / count / 1024
  const missMs = await measureMiss(sallyport, published, made.slice(0, strangers))
  return {
    ratios: {},
    figures: { 'session-memory-kib': rounded(kib), 'session-miss-ms': rounded(missMs) },
    table: [
      [`${count} people who are signed in`, '', ''],
      ["memory of the edge's process each", `${kib.toFixed(2)} KiB`, ''],
      ['the first request of somebody', `${missMs.toFixed(2)} ms`, 'above the second, median'],
    ],
  }
}

/** Sessions as signing in makes them, without 20,000 passwords: in the edge's own database, with its own keys. */
async function createSessions(
  { edgeFolder }: RunningSallyport,
  { url, id, appId }: Published,
): Promise<readonly string[]> {
  const file = join(edgeFolder, 'sallyport.sqlite')
  const keys = await openKeys(edgeFolder)
  await using directory = await openDirectory({ file, clock: systemClock, log: silentLog })
  const sessions = openSessions(directory, keys)
  const known = await directory.people.byUserPrincipalName(person.userPrincipalName)
  assert.ok(known)
  const cookie = { httpOnly: true, secure: true, persistent: false, sameSite: 'Lax' } as const
  const origins = [new URL(url).origin]
  const guarded = { id, appId, displayName: '', origins, cookie, sessionLifetimeSeconds: undefined }
  const cookies: string[] = []
  for (let i = 0; i < strangers + count; i++) {
    const session = await sessions.create({
      person: known,
      applicationId: id,
      signedIn: signedInAs(known.id, {
        ...{ providerSessionId: `bench-${i}`, idToken, refreshToken: `refresh-${i}` },
        claims: claimsOf(known.id, i),
      }),
      lifetimeSeconds,
    })
    cookies.push(sessions.cookieFor(guarded, session, new URL(url).host).split(';')[0] as string)
  }
  return cookies
}

/** What a company's provider says of somebody: names and a few groups, no two people alike. */
function claimsOf(sub: string, i: number): Readonly<Record<string, unknown>> {
  const name = `Person Number ${i}`
  const address = `person.${i}@contoso.com`
  const groups = Array.from({ length: 5 }, (_, n) => `c0ffee00-0000-4000-8000-${i}${n}`)
  return {
    iss: 'https://login.contoso.test',
    sub,
    name,
    email: address,
    preferred_username: address,
    groups,
  }
}

/** What the look-up in the database adds to a request, in ms: each session's first request against its second. */
async function measureMiss(
  { ca }: RunningSallyport,
  { url }: Published,
  cookies: readonly string[],
): Promise<number> {
  await using client = new HttpClient({ ca })
  const added: number[] = []
  const timed = async (cookie: string): Promise<number> => {
    const startedAt = performance.now()
    await client.request(url, { headers: { cookie } })
    return performance.now() - startedAt
  }
  for (const cookie of cookies) added.push((await timed(cookie)) - (await timed(cookie)))
  added.sort((a, b) => a - b)
  return added[added.length >> 1] as number // there are some
}

async function askAs(
  { ca }: RunningSallyport,
  { url }: Published,
  cookies: readonly string[],
): Promise<void> {
  await using client = new HttpClient({ ca })
  const left = cookies.values()
  const asker = async (): Promise<void> => {
    for (const cookie of left) {
      const { status } = await client.request(url, { headers: { cookie } })
      assert.equal(status, 200)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, asker))
}
