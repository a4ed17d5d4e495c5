import assert from 'node:assert/strict'
import { watch } from 'node:fs'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/folder.ts'
import { sallyport, startEdge } from '../../test/pieces.ts'
import { RunningCommand } from '../../test/process.ts'
import { backUpEdge } from './backup.ts'

test('a backup taken while somebody writes starts an edge that knows the same things and trusts the same tokens [G4]', async () => {
  await using folder = await temporaryFolder()
  const data = join(folder.path, 'edge')
  const copy = join(folder.path, 'copy')
  await using edge = await startEdge(data)
  const made: string[] = []
  let over = false
  const writing = (async () => {
    while (!over) {
      const displayName = `Group ${made.length}`
      await edge.graph.call('POST', '/groups', {
        displayName,
        mailEnabled: false,
        mailNickname: `group-${made.length}`,
        securityEnabled: true,
      })
      made.push(displayName)
    }
  })()
  await using backup = sallyport('backup', '--data', data, '--to', copy)
  const code = await backup.exit
  over = true
  await writing
  assert.equal(code, 0, backup.stderr)
  const files = await readdir(copy)
  assert.deepEqual(files.sort(), ['ca.key', 'ca.pem', 'keys.json', 'sallyport.sqlite'])
  for (const file of ['', ...files]) {
    assert.equal((await stat(join(copy, file))).mode & 0o077, 0, `nobody else reads ${file}`)
  }
  await edge.command.stop()
  await using again = await startEdge(copy)
  assert.equal(again.ca, edge.ca)
  const { value } = (await again.graph.call('GET', '/groups?$top=999')) as {
    value: readonly { displayName: string }[]
  }
  // The copy is what there was at one moment: the first ones written, without a gap.
  const kept = value.map(({ displayName }) => displayName).sort()
  assert.deepEqual(kept, made.slice(0, kept.length).sort())
})

test('a backup never writes into a folder that is there, and leaves none behind when it fails', async () => {
  await using folder = await temporaryFolder()
  const data = join(folder.path, 'edge')
  await using refused = sallyport('backup', '--data', data, '--to', join(folder.path, 'copy'))
  assert.equal(await refused.exit, 1)
  assert.match(refused.stderr, /holds no edge/)

  await using taken = sallyport('backup', '--data', await rubbish(data), '--to', folder.path)
  assert.equal(await taken.exit, 1)
  assert.match(taken.stderr, /is there already/)

  await using damaged = sallyport('backup', '--data', data, '--to', join(folder.path, 'copy'))
  assert.equal(await damaged.exit, 1)
  assert.match(damaged.stderr, /not a database/)
  assert.deepEqual(await readdir(folder.path), ['edge'])
})

test('a backup of a large database ends though somebody writes a hundred times a second [G4]', async () => {
  await using folder = await temporaryFolder()
  const data = join(folder.path, 'edge')
  await mkdir(data)
  for (const file of ['keys.json', 'ca.pem', 'ca.key']) await writeFile(join(data, file), file)
  const file = join(data, 'sallyport.sqlite')
  using large = new DatabaseSync(file)
  large.exec(`pragma journal_mode = wal; create table t (b blob);
    with recursive n (i) as (values (1) union all select i + 1 from n where i < 80000)
    insert into t select randomblob(1000) from n;
    pragma wal_checkpoint(truncate)`)
  const writes = `
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(${JSON.stringify(file)}, { timeout: 10_000 })
    setInterval(() => database.exec('insert into t values (randomblob(100))'), 10)
    console.log('writes')`
  await using writer = new RunningCommand(process.execPath, ['-e', writes])
  await writer.line((line) => line === 'writes')
  await backUpEdge(data, join(folder.path, 'copy'))
  using copy = new DatabaseSync(join(folder.path, 'copy', 'sallyport.sqlite'))
  assert.ok(Number(copy.prepare('select count(*) as n from t').get()?.['n']) >= 80_000)
})

test('half a backup never has the name of a whole one, whenever it is killed', async () => {
  await using folder = await temporaryFolder()
  const data = join(folder.path, 'edge')
  await mkdir(data)
  for (const file of ['keys.json', 'ca.pem', 'ca.key']) await writeFile(join(data, file), file)
  new DatabaseSync(join(data, 'sallyport.sqlite')).close()
  await using backup = sallyport('backup', '--data', data, '--to', join(folder.path, 'copy'))
  const watcher = watch(folder.path, (_, name) => {
    if (name?.startsWith('copy')) backup.signal('SIGKILL')
  })
  await backup.exit
  watcher.close()
  const left = await readdir(folder.path)
  // It may have been quicker than the signal.
  if (left.includes('copy')) assert.equal((await readdir(join(folder.path, 'copy'))).length, 4)
  else
    assert.ok(
      left.some((name) => name.startsWith('copy.unfinished-')),
      String(left),
    )
})

/** A folder that looks like that of an edge. */
async function rubbish(data: string): Promise<string> {
  await mkdir(data)
  await writeFile(join(data, 'sallyport.sqlite'), 'nothing that SQLite could read, and long enough')
  return data
}
