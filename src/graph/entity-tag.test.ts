import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demand, readPrecondition, sees, tagOf } from './entity-tag.ts'
import { Refusal } from './refusal.ts'

const tag = tagOf({ id: '1', '@odata.context': 'https://a/beta/$metadata#x' })

test('a tag is of what the resource is, not of how it was asked for [G1]', () => {
  assert.equal(tagOf({ id: '1', '@odata.context': 'https://b/v1.0/$metadata#x' }), tag)
  assert.notEqual(tagOf({ id: '2' }), tag)
  assert.match(tag, /^"[A-Za-z0-9_-]{22}"$/)
})

// [field, value, what the resource has, refused]
const cases = [
  ['if-match', tag, tag, false],
  ['if-match', `"other", ${tag}`, tag, false],
  ['if-match', '*', tag, false],
  ['if-match', '"other"', tag, true],
  ['if-match', `W/${tag}`, tag, true],
  ['if-match', '*', undefined, true],
  ['if-match', tag, undefined, true],
  ['if-none-match', '*', undefined, false],
  ['if-none-match', '*', tag, true],
  ['if-none-match', tag, tag, true],
  ['if-none-match', `W/${tag}`, tag, true],
  ['if-none-match', '"other"', tag, false],
] as const
for (const [name, value, current, refused] of cases) {
  const verdict = refused ? 'refuses' : 'lets through'
  const what = current === undefined ? 'nothing' : 'a resource'
  test(`${name}: ${value.replace(tag, 'its tag')} ${verdict} a change of ${what} [G4]`, () => {
    const asked = readPrecondition(new Headers({ [name]: value }))
    assert.ok(asked)
    const change = () => demand(asked, current)
    if (refused)
      assert.throws(change, (thrown) => thrown instanceof Refusal && thrown.status === 412)
    else change()
  })
}

for (const value of ['', 'x', '"a', 'w/"a"', '*, "a"', `${'"a",'.repeat(60)}"a"`]) {
  test(`if-match: ${value.slice(0, 12)} is refused as no list of tags [G4]`, () => {
    const headers = new Headers({ 'if-match': value })
    assert.throws(
      () => readPrecondition(headers),
      (thrown) => thrown instanceof Refusal && thrown.status === 400,
    )
  })
}

test('a caller that has a representation already sees it under a weak tag, too', () => {
  assert.equal(sees([`W/${tag}`], tag), true)
  assert.equal(sees('*', undefined), false)
})
