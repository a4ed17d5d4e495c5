import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SignInEntry } from '../identity/sign-in-log.ts'
import { openInMemory } from './fixture.ts'

function entryAt(at: number): SignInEntry {
  return {
    ...{ at, kind: 'interactiveUser', result: 'signed-in', personId: 'ann' },
    ...{ userPrincipalName: 'ann@contoso.net', displayName: 'Ann', appId: 'app' },
    ...{ applicationName: 'App', resource: undefined, address: '203.0.113.7', userAgent: '' },
    ...{ correlationId: 'r1', providerId: 'embedded', methods: ['pwd'], policies: [] },
  }
}

test('sign-ins come newest first, page by page, none twice and none left out [S8]', async (t) => {
  const directory = await openInMemory(t)
  // Several in one millisecond, as under load.
  const times = Array.from({ length: 1_203 }, (_, i) => 1_000 + Math.floor(i / 7))
  await directory.addSignIns(times.map(entryAt))
  const seen: number[] = []
  const ids = new Set<string>()
  let page = await directory.signIns(100)
  while (page.length > 0) {
    for (const { at, id } of page) {
      seen.push(at)
      ids.add(id)
    }
    page = await directory.signIns(100, page.at(-1))
  }
  assert.deepEqual(seen, times.toReversed())
  assert.equal(ids.size, times.length)
})

test('old sign-ins go, the others stay [S8]', async (t) => {
  const directory = await openInMemory(t)
  await directory.addSignIns([1, 2, 3, 4].map(entryAt))
  await directory.removeSignIns(2)
  assert.deepEqual(
    (await directory.signIns(9)).map(({ at }) => at),
    [4, 3],
  )
})
