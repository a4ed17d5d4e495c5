import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Hit, rankHits } from './rank-hits.ts'

function hit(label: string, words = ''): Hit {
  return { label, detail: '', kind: 'Page', path: '/', words }
}

const all = [hit('Applications', 'publish'), hit('People'), hit('Old wiki'), hit('Wiki')]

const searches = [
  ['', ['Applications', 'People', 'Old wiki', 'Wiki']],
  ['wiki', ['Wiki', 'Old wiki']],
  ['WIKI old', ['Old wiki']],
  ['publish', ['Applications']],
  ['nothing', []],
] as const
for (const [text, found] of searches) {
  test(`the palette finds ${found.join(', ') || 'nothing'} for “${text}” [G5]`, () => {
    assert.deepEqual(
      rankHits(all, text).map(({ label }) => label),
      found,
    )
  })
}
