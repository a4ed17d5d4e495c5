import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const page = 'docs/where-the-original-is-silent.md'
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:#|Question) /.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  )

test('every question that the original leaves open is decided, once and in order', () => {
  const numbers = rows.filter(({ length }) => length === 4).map(([number]) => Number(number))
  assert.deepEqual(
    numbers,
    Array.from({ length: 74 }, (_, at) => at + 1),
  )
})

test('every decision about the original names a test that there is', () => {
  for (const cells of rows) {
    const file = /^`(.*\.test\.ts)`$/.exec(cells.at(-1) ?? '')?.[1]
    assert.ok(file !== undefined && existsSync(file), cells.join(' | '))
  }
})
