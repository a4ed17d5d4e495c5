import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../base/log.ts'
import { ExpiryWarnings, expiryStage } from './expiry.ts'
import type { StoredCertificate } from './stored.ts'

const dayMs = 86_400_000

const stages = [
  [31, undefined],
  [30, 30],
  [14.1, 30],
  [14, 14],
  [7, 7],
  [1.5, 7],
  [1, 1],
  [0.01, 1],
  [0, 0],
  [-100, 0],
] as const
for (const [days, stage] of stages) {
  test(`${days} days before the end is stage ${stage} [P11]`, () => {
    assert.equal(expiryStage(days * dayMs, 0), stage)
  })
}

function certificate(changes: Partial<StoredCertificate> = {}): StoredCertificate {
  return {
    ...{ thumbprint: 'AA', subjectName: '', issuerName: '', names: [], source: 'upload' },
    ...{ notBefore: 0, notAfter: 100 * dayMs, chain: '', sealedKey: '', createdAt: 0 },
    ...changes,
  }
}

/** What is logged about `shown` on each of these days. */
function saidOn(
  days: readonly number[],
  shown: StoredCertificate | undefined,
  speaks: (day: number) => boolean = () => true,
): readonly string[] {
  const said: string[] = []
  let day = 0
  const note = (level: string) => (fields: object) => {
    const { hosts } = fields as { hosts: readonly string[] }
    said.push(`${day} ${level} ${hosts}`)
  }
  const log = { ...silentLog, warn: note('warn'), error: note('error') }
  const warnings = new ExpiryWarnings(log, () => speaks(day))
  for (day of days) {
    const hosts = new Map([
      ['a.test', shown],
      ['b.test', shown],
      ['c.test', undefined],
    ])
    warnings.check(hosts, day * dayMs)
  }
  return said
}

test('an uploaded certificate is spoken of at 30, 14, 7 and 1 day, once each, then as expired [P11]', () => {
  const days = [0, 69, 70, 71, 85, 86, 93, 94, 99, 99.5, 100, 101]
  assert.deepEqual(saidOn(days, certificate()), [
    '70 warn a.test,b.test',
    '86 warn a.test,b.test',
    '93 warn a.test,b.test',
    '99 warn a.test,b.test',
    '100 error a.test,b.test',
  ])
})

test('one that renews itself is spoken of only when it did not [P11]', () => {
  assert.deepEqual(saidOn([70, 86, 93, 99, 101, 102], certificate({ source: 'acme' })), [
    '101 error a.test,b.test',
  ])
})

test('of several processes one speaks, and another that takes its place repeats nothing [P11]', () => {
  assert.deepEqual(
    saidOn([70, 86, 87, 93], certificate(), (day) => day > 86),
    ['93 warn a.test,b.test'],
  )
})
