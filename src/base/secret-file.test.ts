import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readSecretFile } from './secret-file.ts'

test('a secret that others could read, as copied files can be, is closed to them when it is read [X8]', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-secret-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'keys.json')
  writeFileSync(file, 'secret')
  for (const [before, after] of [
    [0o644, 0o600],
    [0o666, 0o600],
    [0o440, 0o400],
    [0o600, 0o600],
  ] as const) {
    chmodSync(file, before)
    assert.equal(await readSecretFile(file), 'secret')
    assert.equal(statSync(file).mode & 0o777, after)
  }
  await assert.rejects(readSecretFile(join(folder, 'nothing')), { code: 'ENOENT' })
})
