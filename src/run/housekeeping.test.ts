import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { openDirectory } from '../directory/open.ts'
import { type Retention, removeOld } from './housekeeping.ts'

const dayMs = 86_400_000

const retentions: readonly (readonly [what: string, Retention, kept: readonly number[]])[] = [
  ['a year, if nothing is said', {}, [0, 300, 364]],
  ['as long as is said', { auditRetentionDays: 90 }, [0]],
  ['for ten years, whatever is said of sign-ins', keptLong(), [0, 300, 364, 366, 3000]],
]

function keptLong(): Retention {
  return { auditRetentionDays: 3650, logRetentionDays: 1 }
}

for (const [what, retention, kept] of retentions) {
  test(`audits are kept ${what} [G4] [D4]`, async () => {
    let now = systemClock()
    await using directory = await openDirectory({
      ...{ file: ':memory:', clock: () => now, log: silentLog },
    })
    const today = now
    const ages = [3000, 366, 364, 300, 0]
    for (const age of ages) {
      now = today - age * dayMs
      const change = { author: 'ann@contoso.net', reason: String(age) }
      await directory.createGroup(`Group ${age}`, change)
    }
    await removeOld(directory, retention, today)
    const left = (await directory.audit(100)).map(({ reason }) => Number(reason))
    assert.deepEqual(left, kept)
    now = today
    await directory.createGroup('After', { author: 'ann@contoso.net', reason: '-1' })
    assert.equal((await directory.audit(100)).length, kept.length + 1)
  })
}
