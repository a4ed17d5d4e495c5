import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountApplication } from '../local/account.ts'
import type { SignInEntry } from '../sign-in-log.ts'
import { SignInJournal } from './sign-in-journal.ts'

function journalOf() {
  const entries: SignInEntry[] = []
  const time = { now: 1_800_000_000_000 }
  const journal = new SignInJournal({
    log: { write: (entry) => void entries.push(entry) },
    clock: () => time.now,
    addressOf: ({ peer }) => peer,
    policiesOf: () => [],
    application: () => undefined,
  })
  return { entries, time, journal }
}

const names = { userPrincipalName: 'ann@contoso.net', displayName: undefined }

test('whoever guesses on where nothing is checked any more does not fill the log in the name of others [D4]', () => {
  const { entries, time, journal } = journalOf()
  const guess = (personId: string, address: string) =>
    journal.stepped({
      ...{ at: time.now, correlationId: 'i', outcome: 'failure', reason: 'too-many-attempts' },
      ...{ personId, ...names, methods: [], asked: [], address, userAgent: '' },
      application: undefined,
    })
  for (let i = 0; i < 1_000; i++) guess('ann', '192.0.2.7')
  assert.equal(entries.length, 1)
  guess('ann', '192.0.2.8')
  guess('bob', '192.0.2.7')
  assert.equal(entries.length, 3)
  time.now += 10 * 60_000
  guess('ann', '192.0.2.7')
  assert.equal(entries.length, 4)
})

test('wrong secrets of a client are told once in ten minutes for an address; tokens are all told [S10] [D4]', () => {
  const { entries, journal } = journalOf()
  const ask = (result: 'signed-in' | 'wrong-client-secret') =>
    journal.asked({
      ...{ kind: 'servicePrincipal', result, personId: 'p-robot', ...names },
      client: { appId: 'robot', displayName: 'Robot' },
      ...{ protocol: 'oAuth2', isProgram: true, methods: [] },
      ...{ resource: undefined, address: '192.0.2.7', userAgent: '', correlationId: 'i' },
    })
  for (let i = 0; i < 1_000; i++) ask('wrong-client-secret')
  assert.equal(entries.length, 1)
  for (let i = 0; i < 3; i++) ask('signed-in')
  assert.equal(entries.length, 4)
})

test('a sign-in at the account is told, one at an application by the application; whoever fails is told with what for [D4]', () => {
  const { entries, journal } = journalOf()
  const wiki = { appId: 'wiki', displayName: 'Wiki' }
  const step = (outcome: 'success' | 'failure', application: typeof wiki | undefined) =>
    journal.stepped({
      ...{ at: 0, correlationId: 'i', outcome, personId: 'ann', ...names, methods: ['pwd'] },
      reason: outcome === 'success' ? 'signed-in' : 'wrong-password',
      ...{ asked: [], application, address: '192.0.2.7', userAgent: '' },
    })
  for (const outcome of ['success', 'failure'] as const) {
    for (const application of [accountApplication, wiki, undefined]) step(outcome, application)
  }
  assert.deepEqual(
    entries.map(({ result, applicationName }) => [result, applicationName]),
    [
      ['signed-in', 'Account'],
      ['wrong-password', 'Account'],
      ['wrong-password', 'Wiki'],
      ['wrong-password', undefined],
    ],
  )
})
