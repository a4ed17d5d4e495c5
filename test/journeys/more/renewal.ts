import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { CountingBackend } from '../../counting-backend.ts'
import { temporaryFolder } from '../../folder.ts'
import { openSignInForm, signInByForms } from '../../form-sign-in.ts'
import { freePort } from '../../free-port.ts'
import { HttpClient } from '../../http-client.ts'
import {
  databaseFile,
  type RunningEdge,
  startConnector,
  startEdge,
  untilConnectors,
} from '../../pieces.ts'
import { publish, type WorldUser } from '../../world.ts'

const hourMs = 60 * 60 * 1000
// What a revocation may take until the last worker has heard. [S9]
const revocationMaxMs = 5_000

const alice: WorldUser = {
  userPrincipalName: 'alice@contoso.localhost',
  password: 'correct horse battery staple',
}

const cleanUp = new AsyncDisposableStack()
let folder: string
let url: string
let edge: RunningEdge
/** Opens a connection for each request, so that they come to both workers. */
let client: HttpClient
before(async () => {
  folder = cleanUp.use(await temporaryFolder()).path
  // On a port that nobody else is given before it starts again.
  const first = await startEdge(join(folder, 'edge'), { ports: [await freePort()] })
  cleanUp.use(await startConnector(first, join(folder, 'connector')))
  const backend = cleanUp.use(await new CountingBackend().listen())
  url = first.external('app')
  const internalUrl = `http://127.0.0.1:${backend.port}/`
  await publish(first.graph, 'App', { externalUrl: url, internalUrl })
  await first.graph.call('POST', '/users', {
    ...{ displayName: 'Alice', accountEnabled: true, mailNickname: 'alice' },
    userPrincipalName: alice.userPrincipalName,
    passwordProfile: { password: alice.password },
  })
  client = cleanUp.use(new HttpClient({ ca: first.ca, keepAlive: false }))
  await signInByForms(client, url, alice)
  await first[Symbol.asyncDispose]()
  // As if the edge had been down for two hours, or the person at lunch.
  using database = new DatabaseSync(databaseFile(join(folder, 'edge')))
  database.exec(`update session set verified_at = verified_at - ${2 * hourMs}`)
  const more = ['--workers', '2']
  edge = await startEdge(join(folder, 'edge'), { ports: [first.port], more })
  cleanUp.use(edge)
  await untilConnectors(edge.graph, (active) => active.length > 0)
})
after(() => cleanUp.disposeAsync())

test('a session that nobody vouched for lately is renewed once for forty requests at two workers, with no redirect [S6]', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, () => client.request(url)))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  using database = new DatabaseSync(databaseFile(join(folder, 'edge')))
  const [session] = database.prepare('select verified_at, refreshable from session').all()
  assert.equal(session?.['refreshable'], 1)
  assert.ok(Number(session?.['verified_at']) > Date.now() - hourMs)
  // The one of the sign-in was used, and the one that came for it was not.
  const tokens = database
    .prepare("select consumed_at from provider_record where kind = 'RefreshToken'")
    .all()
  assert.equal(tokens.length, 2)
  assert.equal(tokens.filter((token) => token['consumed_at'] !== null).length, 1)
})

test('whose sign-ins are revoked is out at every worker and at the embedded provider [S9]', async () => {
  const path = `/users/${alice.userPrincipalName}/revokeSignInSessions`
  await edge.graph.call('POST', path)
  const giveUpAt = performance.now() + revocationMaxMs
  for (;;) {
    // It counts when they were sent: the answers may take as long as a busy machine makes them.
    const isLate = performance.now() > giveUpAt
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.request(url)))
    if (answers.every(({ status }) => status === 401)) break
    assert.ok(!isLate)
  }
  // The provider would bring somebody back in whom it still knows.
  const page = await openSignInForm(client, url)
  assert.match(page.text, /<input[^>]* type="password"|type="password"/)
  using database = new DatabaseSync(databaseFile(join(folder, 'edge')))
  const count =
    "select count(*) as n from provider_record where kind in ('RefreshToken', 'Session')"
  const [left] = database.prepare(`${count} and account_id is not null`).all()
  assert.equal(left?.['n'], 0)
})
