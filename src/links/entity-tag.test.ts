import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { holdsMarkedTag, markTag, restoreTags } from './entity-tag.ts'

const opaque = fc.string({ unit: fc.constantFrom(...'abc;-,links s1/W'), maxLength: 20 })
const tag = fc.tuple(fc.constantFrom('', 'W/'), opaque).map(([weak, text]) => `${weak}"${text}"`)
const version = fc.nat()

test('a marked tag is weak, another one for each version, and gives its own back [F4]', () => {
  fc.assert(
    fc.property(tag, version, version, (own, now, then) => {
      const marked = markTag(own, now)
      assert.match(marked, /^W\/"[^"]*"$/)
      assert.equal(restoreTags(marked, now), own)
      assert.equal(restoreTags(marked, undefined), own)
      assert.equal(restoreTags(marked, then), now === then ? own : '')
      assert.ok(holdsMarkedTag(`"x", ${marked}`))
    }),
  )
})

const lists = [
  ['*', '*'],
  ['"a", W/"b"', '"a", W/"b"'],
  ['W/"a;links-s7" ,"b",W/"c;links-w7"', '"a", "b", W/"c"'],
  ['W/"a;links-s6", "b"', '"b"'],
  ['"a,b;links-s7"', '"a,b"'],
  ['a', 'a'],
  ['', ''],
] as const
for (const [list, restored] of lists) {
  test(`If-None-Match: ${list} reaches the application as ${restored} [F4]`, () => {
    assert.equal(restoreTags(list, 7), restored)
  })
}

test('what is no entity tag stays [F4]', () => assert.equal(markTag('abc', 7), 'abc'))
