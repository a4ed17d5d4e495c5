import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toCsv } from './csv.ts'

const cells = [
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['two\nlines', '"two\nlines"'],
  ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ['@cmd', "'@cmd"],
  ['-1+2', "'-1+2"],
  [-1, '-1'],
  [null, ''],
  [undefined, ''],
  [true, 'true'],
] as const
for (const [value, written] of cells) {
  test(`${JSON.stringify(value)} stands in a table as ${JSON.stringify(written)}`, () => {
    const csv = toCsv([{ title: 'Value', cell: () => value }], [0])
    assert.equal(csv, `Value\r\n${written}\r\n`)
  })
}
