import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Application } from '../publishing/application.ts'
import { settings, temporaryFile } from './fixture.ts'
import { openDirectory } from './open.ts'

// Writes without an end, and says which version it was promised.
const writer = `
  import { writeSync } from 'node:fs'
  import { change, createApplication, publishingOf, settings } from ${JSON.stringify(import.meta.resolve('./fixture.ts'))}
  import { openDirectory } from ${JSON.stringify(import.meta.resolve('./open.ts'))}
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

/** Kills a writer after so many acknowledged turns; returns the last version it was promised. */
async function killWriter(file: string, turns: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let promised = 0
  let seen = 0
  for await (const line of createInterface({ input: child.stdout })) {
    promised = Number(line)
    if (++seen === turns) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  assert.equal(child.signalCode, 'SIGKILL')
  return promised
}

test('a process killed amid writes leaves every promised change, whole changes only [X7]', async (t) => {
  const file = temporaryFile(t)
  for (const turns of [1, 7, 40]) {
    const promised = await killWriter(file, turns)
    assertIntact(file)
    await using directory = await openDirectory({ file, ...settings })
    const { version, applications } = await directory.state()
    // After the promise of one turn come at most the writes of the next.
    assert.ok(version >= promised && version <= promised + 4, `${version} of ${promised}`)
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
})

function assertIntact(file: string): void {
  using database = new DatabaseSync(file)
  assert.deepEqual(database.prepare('pragma integrity_check').all().map(Object.values), [['ok']])
  assert.deepEqual(database.prepare('pragma foreign_key_check').all(), [])
}
