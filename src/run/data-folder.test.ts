import assert from 'node:assert/strict'
import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/folder.ts'
import { silentLog } from '../base/log.ts'
import { openDataFolder } from './data-folder.ts'

test('a new data folder is its owner’s alone, and of one that others can write into the log warns', async () => {
  await using folder = await temporaryFolder()
  const warned: unknown[] = []
  const log = { ...silentLog, warn: (facts: unknown) => warned.push(facts) }
  const file = join(folder.path, 'new', 'edge')
  await openDataFolder(file, log)
  assert.equal((await stat(file)).mode & 0o777, 0o700)
  await chmod(file, 0o755)
  await openDataFolder(file, log)
  assert.deepEqual(warned, [])
  await chmod(file, 0o777)
  await openDataFolder(file, log)
  assert.deepEqual(warned, [{ file }])
  assert.equal((await stat(file)).mode & 0o777, 0o777, 'it may be one that everybody uses')
})
