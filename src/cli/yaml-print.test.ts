import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document, parse, parseDocument } from 'yaml'
import { unsafe } from './text.ts'
import { printYaml } from './yaml-print.ts'

const options = { lineWidth: 0 }
const fooling = (text: string): string => text.replace(/[\n\r\t]/g, '')

test('whatever words there are, they are the same when they are read, and no terminal obeys them [G6]', () => {
  const signs = [
    '\u001b',
    '\u009b',
    '\u0085',
    '\u202e',
    '\u2028',
    '\u007f',
    '\0',
    '\uf8ff',
    '\n',
    '"',
    '\\',
    ' a',
    '0',
    ':',
    '#',
  ]
  const word = fc.array(fc.constantFrom(...signs)).map((each) => each.join(''))
  fc.assert(
    fc.property(fc.dictionary(word, fc.oneof(word, fc.array(word))), (value) => {
      const text = printYaml(new Document(value, { aliasDuplicateObjects: false }), options)
      assert.equal(fooling(text).search(unsafe), -1)
      assert.deepEqual({ ...parse(text) }, { ...value })
    }),
  )
})

test('words that fool nobody stand as they stood, with their comments and quotes', () => {
  const text = '# why\na: \'x\' # because\nb: |\n  two\n  lines\nc: "\\t"\nd: übung\n'
  assert.equal(printYaml(parseDocument(text), options), text)
})
