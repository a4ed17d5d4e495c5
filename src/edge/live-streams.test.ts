import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Session } from '../identity/session.ts'
import { LiveStreams } from './live-streams.ts'

test('the streams of ended sessions close, others and those already over do not [S9]', () => {
  const live = new LiveStreams()
  const closed: string[] = []
  live.add('a', () => closed.push('a1'))
  live.add('a', () => closed.push('a2'))
  live.add('b', () => closed.push('b'))
  const forget = live.add('a', () => closed.push('over'))
  forget()
  live.end(['a', 'unknown'])
  assert.deepEqual(closed, ['a1', 'a2'])
})

test('a stream that forgets itself while the session ends disturbs no other [S9]', () => {
  const live = new LiveStreams()
  const closed: string[] = []
  const forget = live.add('a', () => {
    forget()
    closed.push('first')
  })
  live.add('a', () => closed.push('second'))
  live.end(['a'])
  assert.deepEqual(closed, ['first', 'second'])
})

test('every session with streams is named once in a round of several calls, new ones too [S9]', () => {
  const live = new LiveStreams()
  const ids = Array.from({ length: 23 }, (_, i) => `s${i}`)
  const forget = ids.map((id) => live.add(id, () => {}))
  const named: string[] = []
  for (let call = 0; call < 5; call++) named.push(...live.next(5))
  assert.deepEqual([...new Set(named)].toSorted(), ids.toSorted())
  for (const over of forget.slice(1)) over()
  assert.deepEqual([...live.next(1), ...live.next(1)], ['s0'])
  live.add('new', () => {})
  assert.deepEqual(new Set([...live.next(1), ...live.next(1)]), new Set(['new', 's0']))
})

test('a stream that is added while the last of its session goes is closed with the session [S9]', () => {
  const live = new LiveStreams()
  const closed: string[] = []
  const first = live.add('a', () => {})
  first()
  live.add('a', (because) => closed.push(because))
  first()
  live.end(['a'], 'expired')
  assert.deepEqual(closed, ['expired'])
})

test('of a session those streams close that policies no longer allow [S8]', () => {
  const live = new LiveStreams()
  const closed: string[] = []
  const session: Session = {
    ...{ id: 'a', personId: 'ann', userPrincipalName: 'ann@contoso.net', displayName: 'Ann' },
    ...{ applicationId: 'expenses', providerId: 'embedded', providerSessionId: undefined },
    ...{
      createdAt: 0,
      expiresAt: 1,
      verifiedAt: 0,
      refreshable: false,
      seenAt: 0,
      authenticatedAt: 0,
      amr: [],
      acr: undefined,
      claims: {},
    },
  }
  const close = (name: string) => (because: string) => void closed.push(`${name} ${because}`)
  live.add('a', close('refused one'), () => false)
  live.add('a', close('allowed one'), (now) => now === session)
  live.add('a', close('one without policies'))
  live.review(session)
  assert.deepEqual(closed, ['refused one refused'])
})
