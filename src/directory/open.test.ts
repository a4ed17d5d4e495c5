import assert from 'node:assert/strict'
import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { sql } from 'kysely'
import {
  change,
  createApplication,
  isFault,
  publishingOf,
  settings,
  temporaryFile,
} from './fixture.ts'
import { openDirectory } from './open.ts'
import { openSqlite } from './sqlite.ts'

test('the directory outlives the process, in a file for its owner only [N1]', async (t) => {
  const file = temporaryFile(t)
  let kept: unknown
  {
    await using directory = await openDirectory({ file, ...settings })
    await createApplication(directory, 'Expenses', {
      publishing: publishingOf('contoso.net', ['web']),
    })
    for (const name of [file, `${file}-wal`, `${file}-shm`]) {
      assert.equal(statSync(name).mode & 0o777, 0o600, name)
    }
    kept = await directory.state()
  }
  await using again = await openDirectory({ file, ...settings })
  assert.deepEqual(await again.state(), kept)
})

test('a file that others could read is closed to them', async (t) => {
  const file = temporaryFile(t)
  writeFileSync(file, '')
  chmodSync(file, 0o644)
  await using _ = await openDirectory({ file, ...settings })
  assert.equal(statSync(file).mode & 0o777, 0o600)
})

test('an acknowledged write is on the disk: the log is synced with every commit [X8]', async (t) => {
  await using storage = openSqlite(temporaryFile(t))
  const settingOf = (name: string) =>
    storage.read(async (rows) => {
      const { rows: found } = await sql.raw<object>(`pragma ${name}`).execute(rows)
      return Object.values(found[0] ?? {})[0]
    })
  const FULL = 2 // https://sqlite.org/pragma.html#pragma_synchronous
  assert.equal(await settingOf('synchronous'), FULL)
  assert.equal(await settingOf('journal_mode'), 'wal')
  assert.equal(await settingOf('foreign_keys'), 1)
})

test('a database of a newer Sallyport is refused with a clear sentence, and left alone', async (t) => {
  const file = temporaryFile(t)
  await (await openDirectory({ file, ...settings }))[Symbol.asyncDispose]()
  {
    using other = new DatabaseSync(file)
    other.exec("insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')")
  }
  await assert.rejects(openDirectory({ file, ...settings }), (thrown) => {
    assert.ok(isFault('storage-failed')(thrown))
    assert.match(String(thrown), /newer Sallyport.*9999-later/)
    return true
  })
})

test('many processes may open a new file at once: one makes the tables', async (t) => {
  const file = temporaryFile(t)
  const opened = Array.from({ length: 5 }, () => openDirectory({ file, ...settings }))
  const directories = await Promise.all(opened)
  const states = await Promise.all(directories.map((directory) => directory.state()))
  for (const state of states) assert.deepEqual(state, states[0])
  for (const directory of directories) await directory[Symbol.asyncDispose]()
})

test('what is written before closing is kept', async (t) => {
  const file = temporaryFile(t)
  const directory = await openDirectory({ file, ...settings })
  const writes = ['a', 'b', 'c'].map((name) => directory.createApplication(name, change))
  await directory[Symbol.asyncDispose]()
  await Promise.all(writes)
  await using again = await openDirectory({ file, ...settings })
  assert.equal((await again.applications()).length, 3)
})

test('a path that cannot be opened is a storage fault', async (t) => {
  const file = temporaryFile(t)
  const missing = openDirectory({ file: `${file}/no/folder`, ...settings })
  await assert.rejects(missing, isFault('storage-failed'))
  writeFileSync(file, 'This is a text, not a database. '.repeat(100))
  await assert.rejects(openDirectory({ file, ...settings }), isFault('storage-failed'))
})

const movements = [
  ['moved away', (file: string) => renameSync(file, `${file}.away`)],
  [
    'replaced by another',
    (file: string) => {
      renameSync(file, `${file}.away`)
      writeFileSync(file, '')
    },
  ],
] as const

for (const [what, move] of movements) {
  test(`with the file ${what} writes are refused and reads go on, until it is back [X10] [N3]`, async (t) => {
    const file = temporaryFile(t)
    await using directory = await openDirectory({ file, ...settings })
    const before = await directory.createApplication('Expenses', change)
    move(file)
    await assert.rejects(directory.createApplication('Travel', change), isFault('storage-failed'))
    assert.deepEqual(await directory.applications(), [before])
    rmSync(file, { force: true })
    renameSync(`${file}.away`, file)
    await directory.createApplication('Travel', change)
    assert.equal((await directory.applications()).length, 2)
  })
}
