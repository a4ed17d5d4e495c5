import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openInMemory, settings, temporaryFile } from './fixture.ts'
import { openDirectory } from './open.ts'

test('a token counts once in all processes, and is forgotten when it would not count any more [S9]', async (t) => {
  const file = temporaryFile(t)
  await using one = await openDirectory({ file, ...settings })
  await using other = await openDirectory({ file, ...settings })
  const spent = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).spentTokens.spend('a', 1_000)),
  )
  assert.equal(spent.filter(Boolean).length, 1)
  await one.sessions.removeExpired(999)
  assert.equal(await other.spentTokens.spend('a', 1_000), false)
  await one.sessions.removeExpired(1_000)
  assert.equal(await other.spentTokens.spend('a', 2_000), true)
})

test('names of tokens may be as long as their makers like [S9]', async (t) => {
  const { spentTokens } = await openInMemory(t)
  assert.ok(await spentTokens.spend('x'.repeat(100_000), 1_000))
  assert.ok(await spentTokens.spend('x'.repeat(100_001), 1_000))
})
