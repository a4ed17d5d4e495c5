import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../base/fault.ts'
import { silentLog } from '../base/log.ts'
import type { SignInEntry } from '../identity/sign-in-log.ts'
import { keepSignIns } from './sign-in-log.ts'

function entry(n: number): SignInEntry {
  return {
    ...{ at: n, kind: 'interactiveUser', result: 'signed-in', personId: 'ann' },
    ...{ userPrincipalName: 'ann@contoso.net', displayName: 'Ann', appId: 'app' },
    ...{ applicationName: 'App', resource: undefined, address: '203.0.113.7', userAgent: '' },
    ...{ correlationId: 'r1', providerId: 'embedded', methods: [], policies: [] },
  }
}

test('a database that is full delays the log and loses only what no longer fits, which is told [S8]', async () => {
  const kept: SignInEntry[] = []
  const told: unknown[] = []
  let full = true
  const directory = {
    async addSignIns(entries: readonly SignInEntry[]) {
      if (full) throw new Fault('storage-full', 'the disk is full')
      kept.push(...entries)
    },
  }
  const log = { ...silentLog, error: (facts: unknown) => void told.push(facts) }
  const keeper = keepSignIns(directory, log, 5)
  for (let n = 0; n < 8; n++) keeper.write(entry(n))
  await keeper.stop()
  assert.deepEqual(kept, [])
  full = false
  await keeper.stop()
  assert.deepEqual(
    kept.map(({ at }) => at),
    [0, 1, 2, 3, 4],
  )
  assert.deepEqual(told, [{ lost: 3 }])
})
