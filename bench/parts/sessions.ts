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
const lifetimeSeconds = 3_600
// What ID tokens of usual providers have.
const idToken = 'x'.repeat(900)

/** What the edge's memory holds for each of 20,000 people who are signed in and have asked for something. */
export async function measureSessions(stage: Stage): Promise<Outcome> {
  const sallyport = await stage.sallyport
  const published = await stage.small
  const cookies = await createSessions(sallyport, published)
  // As many requests of one person first, so that what requests leave behind does not count.
  await askAs(
    sallyport,
    published,
    cookies.map(() => published.cookie),
  )
  const before = residentBytesOf(sallyport.edge)
  await askAs(sallyport, published, cookies)
  const kib = (residentBytesOf(sallyport.edge) - before) / count / 1024
  return {
    ratios: {},
    figures: { 'session-memory-kib': rounded(kib) },
    table: [
      [`${count} people who are signed in`, '', ''],
      ["memory of the edge's process each", `${kib.toFixed(2)} KiB`, ''],
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
  for (let i = 0; i < count; i++) {
    const session = await sessions.create({
      person: known,
      applicationId: id,
      signedIn: { ...signedInAs(known.id), providerSessionId: `bench-${i}`, idToken },
      lifetimeSeconds,
    })
    cookies.push(sessions.cookieFor(guarded, session, new URL(url).host).split(';')[0] as string)
  }
  return cookies
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
