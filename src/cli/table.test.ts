import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Column, writeTable } from './table.ts'
import { clean, createPaint, truncate, widthOf } from './text.ts'

const plain = createPaint(false, {})

interface Row {
  readonly name: string
  readonly note: string
  readonly id: string
}
const columns: readonly Column<Row>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'NOTE', value: (row) => row.note },
  { title: 'ID', value: (row) => row.id, whole: true },
]

test('a table is aligned, leaves out columns in which nothing stands, and says whole ids', () => {
  const rows = [
    { name: 'Wiki', note: '', id: '1' },
    { name: '日本', note: '', id: '22' },
  ]
  assert.deepEqual(writeTable(rows, columns, undefined, plain), ['NAME  ID', 'Wiki  1', '日本  22'])
})

test('a table fits a terminal by making its widest columns narrower', () => {
  const row = { name: 'n'.repeat(40), note: 'o'.repeat(60), id: 'i'.repeat(10) }
  const [, line = ''] = writeTable([row], columns, 60, plain)
  assert.equal(line, `${'n'.repeat(22)}…  ${'o'.repeat(22)}…  ${'i'.repeat(10)}`)
})

test('an id that a name stands for goes before anything is made narrower, and is there where there is room', () => {
  const spare = columns.map((column) =>
    column.title === 'ID' ? { ...column, spare: true } : column,
  )
  const row = { name: 'n'.repeat(20), note: 'o'.repeat(20), id: 'i'.repeat(36) }
  const [narrow] = writeTable([row], spare, 60, plain).slice(1)
  assert.equal(narrow, `${row.name}  ${row.note}`)
  const [wide] = writeTable([row], spare, 80, plain).slice(1)
  assert.equal(wide, `${row.name}  ${row.note}  ${row.id}`)
})

test('whatever a stranger wrote, a line of a table is one line that moves nothing, and no wider than asked', () => {
  const word = fc.string({ unit: 'binary', maxLength: 60 })
  fc.assert(
    fc.property(word, word, fc.integer({ min: 30, max: 100 }), (name, note, width) => {
      for (const line of writeTable([{ name, note, id: '42' }], columns, width, plain)) {
        assert.equal(clean(line), line.replace(/\s+/g, ' '))
        assert.ok(widthOf(line) <= width, `${widthOf(line)} of ${width}: ${line}`)
      }
    }),
    { numRuns: 200 },
  )
})

test('a text is never cut inside a character', () => {
  assert.equal(truncate('👩‍👩‍👧‍👦 family', 5), '👩‍👩‍👧‍👦 f…')
  assert.equal(truncate('short', 5), 'short')
})

const colours: readonly (readonly [string, boolean, Record<string, string>, boolean])[] = [
  ['a terminal', true, {}, true],
  ['a pipe', false, {}, false],
  ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['a terminal without colours', true, { TERM: 'dumb' }, false],
  ['a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
]
for (const [what, isTerminal, environment, isPainted] of colours) {
  test(`${what} gets ${isPainted ? '' : 'no '}colours`, () => {
    assert.equal(createPaint(isTerminal, environment)('good', 'x') !== 'x', isPainted)
  })
}
