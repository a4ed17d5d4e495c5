import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findNameProblem } from './json-names.ts'

test('what JSON.stringify writes has no problem, unless it is deep or reaches prototypes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const problem = findNameProblem(JSON.stringify({ value }), 8)
      assert.ok(problem === undefined || problem.code === 'bad-name')
    }),
  )
})

const problems: readonly [text: string, code: string][] = [
  ['{"a":1,"a":2}', 'duplicate-name'],
  ['{"a":1,"\\u0061":2}', 'duplicate-name'],
  ['[{"x":{"b":"}","b":{}}}]', 'duplicate-name'],
  ['{"__proto__":1}', 'bad-name'],
  ['[[[[1]]]]', 'too-deep'],
]
for (const [text, code] of problems) {
  test(`${text} is ${code}`, () => assert.equal(findNameProblem(text, 3)?.code, code))
}
