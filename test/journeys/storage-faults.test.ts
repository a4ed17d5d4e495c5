import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { CountingBackend } from '../counting-backend.ts'
import { temporaryFolder } from '../folder.ts'
import { signInByForms } from '../form-sign-in.ts'
import { HttpClient } from '../http-client.ts'
import { databaseFile, type RunningEdge, startConnector, startEdge } from '../pieces.ts'
import { publish } from '../world.ts'

const alice = { userPrincipalName: 'alice@contoso.com', password: 'a password of some length' }

const writeMaxMs = 10_000

// A volume on which an edge has room to start, and not much more.
const volumeBytes = 4 * 1024 * 1024

/** An edge, a connector, and an application that Alice is signed in to; the data is in `folder`. */
async function startPieces(cleanUp: AsyncDisposableStack, folder: string) {
  const logFile = join(folder, 'edge.log')
  const edge = cleanUp.use(await startEdge(folder, { logFile }))
  const connectorFolder = cleanUp.use(await temporaryFolder()).path
  cleanUp.use(await startConnector(edge, connectorFolder))
  const backend = cleanUp.use(await new CountingBackend().listen())
  const url = edge.external('app')
  const internalUrl = `http://127.0.0.1:${backend.port}/`
  const application = await publish(edge.graph, 'App', { externalUrl: url, internalUrl })
  await createAlice(edge)
  const client = cleanUp.use(new HttpClient({ ca: edge.ca }))
  await signInByForms(client, url, alice)
  return { edge, url, client, application: `/applications/${application}` }
}

type Pieces = Awaited<ReturnType<typeof startPieces>>

async function createAlice({ graph }: RunningEdge): Promise<void> {
  await graph.call('POST', '/users', {
    accountEnabled: true,
    displayName: 'Alice',
    mailNickname: 'alice',
    userPrincipalName: alice.userPrincipalName,
    passwordProfile: { password: alice.password },
  })
}

/** Nothing may have changed, people work on, and whoever must wait is told so. */
async function assertUnharmed(pieces: Pieces, change: () => Promise<unknown>, said: RegExp) {
  const { edge, url, client, application } = pieces
  const before = await edge.graph.call('GET', application)
  await assert.rejects(change, said)
  assert.deepEqual(await edge.graph.call('GET', application), before)
  for (const target of ['a', 'b', 'c']) {
    assert.equal((await client.request(url + target)).status, 200)
  }
  await using newcomer = new HttpClient({ ca: edge.ca })
  await assert.rejects(signInByForms(newcomer, url, alice), /50[37] <!doctype html>.*<h1>/s)
}

test('while another process holds the database a change gets 503 with the reason, traffic goes on, and afterwards it is done [F7]', async () => {
  await using cleanUp = new AsyncDisposableStack()
  const folder = cleanUp.use(await temporaryFolder()).path
  const pieces = await startPieces(cleanUp, folder)
  const { graph } = pieces.edge
  // The edge may be writing just now, its log of sign-ins for one.
  using other = new DatabaseSync(databaseFile(folder), { timeout: writeMaxMs })
  other.exec('begin exclusive')
  await assertUnharmed(pieces, () => rename(pieces, 'Renamed'), /ServiceUnavailable.*storage-busy/)
  const signOut = await pieces.client.navigate(`${pieces.url}.sallyport/sign-out`)
  assert.equal(signOut.status, 503, 'nobody is told to be signed out who is not')
  other.exec('rollback')
  await untilSignedOut(pieces)
  await rename(pieces, 'Renamed')
  const renamed = await graph.call('GET', pieces.application)
  assert.equal(renamed?.['displayName'], 'Renamed')
})

test('on a full disk a change gets 507, traffic goes on, and with space it is done [F7]', async (t) => {
  await using cleanUp = new AsyncDisposableStack()
  const folder = cleanUp.use(await temporaryFolder()).path
  if (!mountVolume(cleanUp, folder)) return t.skip('a volume of its own takes root and mount')
  await mkdir(join(folder, 'data'))
  const pieces = await startPieces(cleanUp, join(folder, 'data'))
  const { graph, command } = pieces.edge
  const ballast = join(folder, 'ballast')
  fillVolume(ballast)
  await untilFull(pieces)
  await assertUnharmed(
    pieces,
    () => rename(pieces, 'Too much'),
    /InsufficientStorage.*storage-full/,
  )
  rmSync(ballast)
  await rename(pieces, 'Renamed')
  const renamed = await graph.call('GET', pieces.application)
  assert.equal(renamed?.['displayName'], 'Renamed')

  // Its log is on the same disk: it must not wait for room there when it is told to end.
  fillVolume(ballast)
  command.signal('SIGTERM')
  assert.equal(await command.exit, 0)
})

// A revocation that had to wait is known as soon as any other once it can be kept. [S9] [N3]
const revocationMaxMs = 5_000

async function untilSignedOut({ client, url }: Pieces): Promise<void> {
  const giveUpAt = performance.now() + revocationMaxMs
  while ((await client.request(url)).status !== 401) assert.ok(performance.now() < giveUpAt)
}

function rename({ edge, application }: Pieces, displayName: string): Promise<unknown> {
  return edge.graph.call('PATCH', application, { displayName })
}

/** What is written goes into pages that the log of the database has already; sooner or later they are used up. */
async function untilFull(pieces: Pieces): Promise<void> {
  for (let n = 0; ; n++) {
    try {
      await rename(pieces, `Renamed ${n}`)
    } catch {
      return // What it says is asked again, with everything around it.
    }
  }
}

function mountVolume(cleanUp: AsyncDisposableStack, folder: string): boolean {
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${volumeBytes}`, 'tmpfs', folder]
    execFileSync('mount', options, { stdio: 'ignore' })
    cleanUp.defer(() => void execFileSync('umount', [folder]))
    return true
  } catch {
    return false
  }
}

function fillVolume(path: string): void {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(4096)
  try {
    for (;;) writeSync(file, block)
  } catch {
    // Full, which is what was wanted.
  } finally {
    closeSync(file)
  }
}
