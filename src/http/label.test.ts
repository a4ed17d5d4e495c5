import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isHostLabel } from './label.ts'
import { normalizePath } from './path.ts'

const labels = [
  ['a', true],
  ['a-b', true],
  ['xn--bcher-kva', true],
  ['0', true],
  ['a'.repeat(63), true],
  ['a'.repeat(64), false],
  ['', false],
  ['-a', false],
  ['a-', false],
  ['A', false],
  ['a_b', false],
  ['a.b', false],
  ['*', false],
  ['K', false],
  ['%61', false],
] as const
for (const [text, expected] of labels) {
  test(`isHostLabel(${JSON.stringify(text)}) is ${expected} [F8]`, () => {
    assert.equal(isHostLabel(text), expected)
  })
}

const paths = [
  ['/', '/'],
  ['/a b/%c3%bc%7E/ü', '/a%20b/%C3%BC~/%C3%BC'],
  ['/a/../b', undefined],
  ['/a%2fb', undefined],
  ['a', undefined],
  ['/\ud800', undefined],
] as const
for (const [written, expected] of paths) {
  test(`normalizePath(${JSON.stringify(written)}) is ${expected} [F8]`, () => {
    const path = normalizePath(written)
    assert.equal(typeof path === 'string' ? path : undefined, expected)
  })
}
