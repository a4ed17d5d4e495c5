import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fieldValuePattern, trimOws } from '../http/headers.ts'
import { valueEncodings } from '../publishing/identity-header.ts'
import { transform, writeList, writeValue } from './identity-value.ts'

const written = [
  ['plain ASCII', 'ann@contoso.net', 'percent', 'ann@contoso.net'],
  ['what is not ASCII', 'Zoë Müller', 'percent', 'Zo%C3%AB M%C3%BCller'],
  ['the percent sign itself', '100%', 'percent', '100%25'],
  ['spaces that would be lost', ' ann ', 'percent', '%20ann%20'],
  ['an emoji', '🦊', 'percent', '%F0%9F%A6%8A'],
  ['bytes of UTF-8', 'Zoë', 'utf8', 'Zo\u00c3\u00ab'],
  ['spaces at the ends as bytes', 'ann ', 'utf8', undefined],
  ['no-break space at the ends as bytes', '\u00a0ann', 'utf8', undefined],
  ['Base64', 'Zoë', 'base64', 'Wm/Dqw=='],
  ['nothing', '', 'percent', undefined],
  ['a lone surrogate', 'a\ud800', 'percent', undefined],
] as const
for (const [what, text, encoding, expected] of written) {
  test(`writeValue() in ${encoding}: ${what} [S12]`, () => {
    assert.equal(writeValue(text, encoding), expected)
  })
}

const newLines = ['\r\n', '\n', '\r', '\0', '\t', '\x7f', '\x85', '\u2028', '\u2029', '\x1b']
for (const bad of newLines) {
  test(`a display name with ${JSON.stringify(bad)} in it is not told at all [S12]`, () => {
    for (const encoding of valueEncodings) {
      assert.equal(writeValue(`Eve${bad}X-Remote-User: admin`, encoding), undefined)
    }
  })
}

test('whatever the text, the value is one that HTTP passes unchanged, and decodes to the text [S12]', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...valueEncodings),
      (text, encoding) => {
        const value = writeValue(text, encoding)
        if (value === undefined) return
        assert.match(value, fieldValuePattern)
        assert.equal(trimOws(value), value)
        assert.equal(decode[encoding](value), text)
      },
    ),
  )
})

const decode = {
  percent: decodeURIComponent,
  utf8: (value: string) => Buffer.from(value, 'latin1').toString(),
  base64: (value: string) => Buffer.from(value, 'base64').toString(),
} as const

test('no group name makes two groups of one, whatever the separator [S12]', () => {
  const separator = fc.constantFrom(',', ';', ', ', '|', ' ', ':')
  const names = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 })
  fc.assert(
    fc.property(names, separator, fc.constantFrom(...valueEncodings), (groups, split, encoding) => {
      const value = writeList(groups, split, encoding)
      if (value === undefined) return
      const list = encoding === 'percent' ? value : decode[encoding](value)
      const read = list.split(split)
      const names = encoding === 'percent' ? read.map(decode.percent) : read
      assert.deepEqual(
        names,
        groups.filter((group) => names.includes(group)),
      )
    }),
  )
})

const transformed = [
  ['extractMailPrefix', 'Ann@contoso.net', 'Ann'],
  ['toLowercase', 'ANN.Ö', 'ann.Ö'],
  ['toUppercase', 'ann.ß', 'ANN.ß'],
  ['none', 'Ann', 'Ann'],
] as const
for (const [how, text, expected] of transformed) {
  test(`transform() ${how} [S12]`, () => {
    assert.equal(transform(text, how), expected)
  })
}

test('a Kelvin sign does not become the letter of somebody else in small letters [S12]', () => {
  assert.notEqual(transform('\u212aate@contoso.net', 'toLowercase'), 'kate@contoso.net')
})
