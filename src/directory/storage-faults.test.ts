import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import type { FaultCode } from '../base/fault.ts'
import type { Directory } from './directory.ts'
import {
  change,
  createApplication,
  isFault,
  publishingOf,
  settings,
  temporaryFile,
} from './fixture.ts'
import { createDirectory, openDirectory } from './open.ts'
import { openSqlite } from './sqlite.ts'

const manySegments = Array.from({ length: 50 }, (_, index) => `s${index}`)

/** Nothing may have changed, and everything can be read. */
async function assertRefused(directory: Directory, code: FaultCode, write: Promise<unknown>) {
  const before = await directory.state()
  const trail = await directory.audit(1000)
  await assert.rejects(write, isFault(code))
  assert.deepEqual(await directory.state(), before)
  assert.deepEqual(await directory.audit(1000), trail)
  assert.deepEqual(await directory.applications(), before.applications)
}

test('while another process holds the database, writes are refused as busy and all else goes on [X10] [N3]', async (t) => {
  const file = temporaryFile(t)
  await using directory = await openDirectory({ file, ...settings })
  await directory.createApplication('Expenses', change)
  using other = new DatabaseSync(file)
  other.exec('begin exclusive')
  const looks: Look[] = []
  // A busy machine lets any process stand still now and then; one that waits for SQLite stands still each time.
  while (looks.length < 3 && !looks.some(isLively)) {
    looks.push(
      await lookAt(async () => {
        const write = directory.createApplication('Travel', change)
        assert.equal((await directory.applications()).length, 1)
        await assertRefused(directory, 'storage-busy', write)
      }),
    )
  }
  assert.ok(looks.some(isLively), JSON.stringify(looks))
  other.exec('rollback')
  await directory.createApplication('Travel', change)
  assert.equal((await directory.applications()).length, 2)
})

interface Look {
  readonly tookMs: number
  readonly longestPauseMs: number
}

function isLively({ tookMs, longestPauseMs }: Look): boolean {
  return tookMs < 3_000 && longestPauseMs < 500
}

/** How long `work` took, and for how long the process stood still meanwhile. */
async function lookAt(work: () => Promise<void>): Promise<Look> {
  const started = performance.now()
  let longestPauseMs = 0
  let last = started
  const beat = setInterval(() => {
    longestPauseMs = Math.max(longestPauseMs, performance.now() - last)
    last = performance.now()
  }, 5)
  try {
    await work()
  } finally {
    clearInterval(beat)
  }
  return { tookMs: performance.now() - started, longestPauseMs }
}

test('a write waits for another process that is done soon', async (t) => {
  const file = temporaryFile(t)
  await using directory = await openDirectory({ file, ...settings })
  using other = new DatabaseSync(file)
  other.exec('begin exclusive')
  const write = directory.createApplication('Travel', change)
  // Long enough for the first try, and no time that a busy machine could make longer than a write waits.
  await new Promise(setImmediate)
  other.exec('rollback')
  await write
})

test('on a full disk writes are refused, reads go on, and space cures it [X9] [N3]', async (t) => {
  const storage = openSqlite(temporaryFile(t))
  await using directory = await createDirectory(storage, settings)
  await storage.read((rows) => sql`pragma max_page_count = 240`.execute(rows))
  const publishing = publishingOf(
    'contoso.net',
    Array.from({ length: 50 }, (_, n) => `s${n}`),
  )
  const { id } = await createApplication(directory, 'Big', { publishing })
  await assert.rejects(fill(directory, id), isFault('storage-full'))
  await assertRefused(directory, 'storage-full', fill(directory, id))
  await storage.read((rows) => sql`pragma max_page_count = 100000`.execute(rows))
  await createApplication(directory, 'After')
})

/** Changes an application, each time into the audit trail too, until something gives. */
async function fill(directory: Directory, id: string): Promise<void> {
  for (let step = 0; step < 1000; step++) {
    await directory.updateApplication(id, change, (value) => ({
      value: { ...value, displayName: `Big ${step}` },
    }))
  }
}

test('on a full volume of 1 MiB it is the same, where a volume may be mounted [X9] [N3]', async (t) => {
  using volume = mountTinyVolume(temporaryFile(t))
  if (!volume) return // The test before has told the same story with a limit inside SQLite.
  await using directory = await openDirectory({ file: volume.file, ...settings })
  const publishing = publishingOf('contoso.net', manySegments)
  const { id } = await createApplication(directory, 'Big', { publishing })
  await assert.rejects(fill(directory, id), isFault('storage-full'))
  await assertRefused(directory, 'storage-full', fill(directory, id))
  execFileSync('mount', ['-o', 'remount,size=8m', volume.folder])
  await createApplication(directory, 'After')
})

/** A volume around this file; undefined where that is not allowed. */
function mountTinyVolume(file: string) {
  const folder = dirname(file)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined // It takes root, and a system that has it.
  }
  return { file, folder, [Symbol.dispose]: () => void execFileSync('umount', [folder]) }
}

test('a connection that may not write says so, and writes again when it may [X10]', async (t) => {
  const storage = openSqlite(temporaryFile(t))
  await using directory = await createDirectory(storage, settings)
  await storage.read((rows) => sql`pragma query_only = on`.execute(rows))
  await assertRefused(directory, 'storage-failed', directory.createApplication('Travel', change))
  await storage.read((rows) => sql`pragma query_only = off`.execute(rows))
  await directory.createApplication('Travel', change)
})

const opener = `
  import { openDirectory } from ${JSON.stringify(import.meta.resolve('./open.ts'))}
  import { systemClock } from ${JSON.stringify(import.meta.resolve('../base/clock.ts'))}
  import { silentLog } from ${JSON.stringify(import.meta.resolve('../base/log.ts'))}
  // Only now: whoever is not root may not be allowed to read this very source.
  if (process.getuid?.() === 0) {
    process.setgid(65534)
    process.setuid(65534)
  }
  const options = { file: process.argv[1], clock: systemClock, log: silentLog }
  const said = await openDirectory(options).then(() => 'opened', (fault) => fault.code + ' ' + fault.message)
  process.stdout.write(said)
`

/** Opens the file as somebody who is not root, to whom read-only means read-only. */
async function openAsNobody(file: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', opener, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  await once(child, 'close')
  return said
}

function giveToNobody(path: string): void {
  if (process.getuid?.() === 0) chownSync(path, 65534, 65534)
}

test('a file made read-only cannot be opened, and can again afterwards [X10]', async (t) => {
  const file = await makeDatabase(t)
  chmodSync(file, 0o400)
  giveToNobody(dirname(file))
  giveToNobody(file)
  assert.match(await openAsNobody(file), /^storage-failed the database file cannot be opened/)
  chmodSync(file, 0o600)
  assert.equal(await openAsNobody(file), 'opened')
})

async function makeDatabase(t: TestContext): Promise<string> {
  const file = temporaryFile(t)
  await (await openDirectory({ file, ...settings }))[Symbol.asyncDispose]()
  return file
}
