import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Injection, Succession } from './injection.ts'

function inject(document: string, pieceBytes = document.length || 1): string {
  const injection = new Injection('[S]')
  const bytes = Buffer.from(document, 'latin1')
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    pieces.push(injection.translate(bytes.subarray(at, at + pieceBytes)))
  }
  return Buffer.concat([...pieces, injection.end()]).toString('latin1')
}

// The place is marked with a star.
const documents = [
  '<!doctype html><html><head>*<title>a</title>',
  '<!DOCTYPE HTML>\n<HTML LANG="en" data-a="1>2">\n<HEAD profile=\'>\'>*<script>1</script>',
  '\xef\xbb\xbf<!doctype html>\n<!-- a > b -->\n*<meta charset="utf-8">',
  '<!doctype html><html lang=en>*<body>no head',
  '<!doctype html>*just text',
  '*<p>a fragment',
  '*<header>is no head',
  '*<htmlx>',
  '<?xml version="1.0"?><!doctype html><html/><head/>*<title>',
  '<!doctype html>*</head>',
  '<!-->*text',
] as const
for (const marked of documents) {
  test(`an element goes in front of all others: ${JSON.stringify(marked)} [S5]`, () => {
    const document = marked.replace('*', '')
    const expected = marked.replace('*', '[S]')
    assert.equal(inject(document), expected)
    for (const size of [1, 2, 7]) assert.equal(inject(document, size), expected)
  })
}

test('nothing is put into what has no place for it: an empty body, an endless beginning, UTF-16 [S5]', () => {
  const utf16 = Buffer.from('\ufeff<p>a', 'utf16le').toString('latin1')
  for (const document of ['', '<!doctype html>', `<!--${'x'.repeat(9_000)}--><p>`, utf16]) {
    assert.equal(inject(document), document)
    assert.equal(inject(document, 3), document)
  }
})

test('whatever the document is, taking the element out again gives it back, in pieces of any size [S5]', () => {
  const words = fc.constantFrom(
    '<html>',
    '<head>',
    '<!--',
    '-->',
    '<!doctype html>',
    ' ',
    '<',
    '>',
    '"',
    'x',
    '<p>',
  )
  const document = fc.array(words, { maxLength: 30 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(document, fc.integer({ min: 1, max: 9 }), (text, size) => {
      const whole = inject(text)
      assert.equal(inject(text, size), whole)
      assert.equal(whole.replace('[S]', ''), text)
    }),
  )
})

test('one translation works on what another made of the body', () => {
  const shout = {
    translate: (chunk: Buffer) => Buffer.from(chunk.toString().toUpperCase()),
    end: () => Buffer.from('<P>END'),
  }
  const both = new Succession(shout, new Injection('[S]'))
  const start = both.translate(Buffer.from('<html>'))
  assert.equal(Buffer.concat([start, both.end()]).toString(), '<HTML>[S]<P>END')
})
