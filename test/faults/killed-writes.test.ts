import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { settings } from '../../src/directory/fixture.ts'
import { openDirectory } from '../../src/directory/open.ts'
import type { Application } from '../../src/publishing/application.ts'
import { temporaryFolder } from '../folder.ts'
import { isSoak } from './sizes.ts'

// X7 of the fault table: 500 points in time, of which each run draws some.
const kills = isSoak ? 500 : 8
const atOnce = 4
const turnsMax = 20
// About what one turn takes, so that the signal comes anywhere within one.
const withinTurnMs = 8

const fixture = import.meta.resolve('../../src/directory/fixture.ts')
const open = import.meta.resolve('../../src/directory/open.ts')

// Writes without an end, and says which version it was promised.
const writer = `
  import { writeSync } from 'node:fs'
  import { change, createApplication, publishingOf, settings } from ${JSON.stringify(fixture)}
  import { openDirectory } from ${JSON.stringify(open)}
  const directory = await openDirectory({ file: process.argv[1], ...settings })
  for (let turn = 0; ; turn++) {
    const { id } = await createApplication(directory, 'turn ' + turn)
    const publishing = publishingOf(id + '.net', Array.from({ length: 20 }, (_, n) => 's' + n))
    await directory.updateApplication(id, change, (value) => ({ value: { ...value, publishing } }))
    const [entry] = await directory.audit(1)
    writeSync(1, entry.version + '\\n')
    if (turn % 3 === 2) await directory.deleteApplication(id, change)
  }
`

/** Kills a writer after so many acknowledged turns, and a while; returns the last version it was promised. */
async function killWriter(file: string, turns: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let promised = 0
  let seen = 0
  const kill = async (): Promise<void> => {
    await sleep(afterMs)
    child.kill('SIGKILL')
  }
  for await (const line of createInterface({ input: child.stdout })) {
    promised = Number(line)
    if (++seen === turns) void kill()
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  assert.equal(child.signalCode, 'SIGKILL')
  return promised
}

test(`a process killed amid writes at ${kills} points leaves every promised change, whole changes only [X7]`, async () => {
  let left = kills
  const killOne = async (): Promise<void> => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'sallyport.sqlite')
    while (left-- > 0) {
      const turns = 1 + Math.floor(Math.random() * turnsMax)
      const afterMs = Math.random() * withinTurnMs
      await assertWhole(file, await killWriter(file, turns, afterMs))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, killOne))
})

/** What is there is what the audit trail says, all of what was promised, and no half of anything. */
async function assertWhole(file: string, promised: number): Promise<void> {
  assertIntact(file)
  await using directory = await openDirectory({ file, ...settings })
  const { version, applications } = await directory.state()
  assert.ok(version >= promised, `${version} of ${promised}`)
  const trail = await directory.audit(version)
  assert.deepEqual(
    trail.map((entry) => entry.version),
    Array.from({ length: version - 1 }, (_, index) => version - index),
  )
  const expected = new Map<string, unknown>()
  for (const { targetId, after } of trail.toReversed()) expected.set(targetId, after)
  const left = [...expected.values()].filter((after) => after !== undefined)
  const byId = (one: Application, other: Application) => (one.id < other.id ? -1 : 1)
  assert.deepEqual([...applications].sort(byId), (left as Application[]).sort(byId))
}

function assertIntact(file: string): void {
  using database = new DatabaseSync(file)
  assert.deepEqual(database.prepare('pragma integrity_check').all().map(Object.values), [['ok']])
  assert.deepEqual(database.prepare('pragma foreign_key_check').all(), [])
}
