import assert from 'node:assert/strict'
import { test } from 'node:test'
import { translateBytes, translateText } from './sample.ts'

const inside = 'http://iis/CORSWebService/'
const outside = 'https://service.contoso.net/'

// As in the tests of HTML: `»` is translated, `«` is not.
const sheets = [
  ['bare, quoted and with white space', `a{b:url(»x);c:url( "»x" );d:URL(\n'»x'\t)}`],
  [
    'imports',
    `@import "»a.css" screen;@IMPORT '»b.css';@import url(»c.css);@import/**/ /* " */"»d.css"`,
  ],
  [
    'sets of images',
    `a{b:image-set("»x" 1x,'»y' type("image/png"),calc(1) "»z");c:"«"}a{b:-webkit-image-set(url(»))}`,
  ],
  [
    'strings that are no links',
    `a{content:"«";b:"url(«)";c:'\\'url(«)';d:attr(«);e:x-url(«);f:myurl(«)}`,
  ],
  ['other at-rules', '@charset "«";@namespace "«";@importx "«";@imp "«";@media (a){b{c:url(»)}}'],
  ['comments', '/* url(«) **/a{/**/b:/*/url(«)*/url(»)}/* " */c{d:url(»)}'],
  [
    'strings that a line end breaks',
    'a{b:"\n;c:url(»)}a{b:"x\\\n";c:url(»)}a{b:"x\\\r\n";c:url(»)}',
  ],
  ['links that a line end breaks', 'a{b:url("«\n);c:url(»)}'],
  ['bad URLs up to their end', `a{b:url(«"«) url(») url(» «\\)) url(») url(«(x) url(»)}`],
  ['escaped quotes and parentheses', `a{b:url(»\\)x);c:url("»\\"x");d:\\";e:url(»)}`],
  ['escapes in the host', String.raw`a{b:url(http\3a\2f /\69 is/CORSWebService/x)}`],
  ['escapes in the name', String.raw`a{b:\url(»);c:u\r\l(»);d:\\url(«);e:x\url(«)}`],
  ['an empty URL', 'a{b:url();c:url("");d:url( );e:url(»)}'],
  ['a sheet that ends too early', 'a{b:url(»'],
  ['a string that ends too early', '@import "»'],
] as const
for (const [what, pattern] of sheets) {
  test(`style sheets: ${what} [F4]`, () => {
    const sheet = pattern.replaceAll(/[»«]/g, inside)
    const escaped = String.raw`http\3a\2f /\69 is/CORSWebService/`
    const expected = pattern
      .replaceAll('»', outside)
      .replaceAll('«', inside)
      .replaceAll(escaped, outside)
    assert.equal(translateText(sheet, { language: 'css' }), expected)
  })
}

test('paths in a style sheet belong to the host of the sheet [F4]', () => {
  const sheet = 'a{b:url(/CORSWebClient/x);c:url(/CORSWebService/x);d:url(x.png);e:url(data:,/)}'
  assert.equal(
    translateText(sheet, { language: 'css' }),
    `a{b:url(/client/x);c:url(${outside}x);d:url(x.png);e:url(data:,/)}`,
  )
})

// 表 in Shift_JIS is 95 5C and 弌 in Big5 C9 5C: the second byte is that of a backslash.
const doubleByteSheets = [
  ['shift_jis', '955c'],
  ['big5', 'c95c'],
  ['gbk', '815c'],
  ['gb18030', '815c'],
] as const
for (const [label, bytes] of doubleByteSheets) {
  const letter = Buffer.from(bytes, 'hex').toString('latin1')
  const sheet = (link: string) =>
    Buffer.from(
      `a{font-family:"${letter}";b:url(${link}${letter});c:url("${link}${letter}")}${letter}"{d:url(${inside})}`,
      'latin1',
    )
  const byHeader = {
    language: 'css',
    charset: label === 'shift_jis' ? 'shiftJis' : 'doubleByte',
  } as const

  test(`the second half of a character in ${label} is no backslash [F4]`, () => {
    assert.deepEqual(translateBytes(sheet(inside), byHeader), sheet(outside))
  })

  test(`a style sheet may tell by itself that it is in ${label}, a page as well [F4]`, () => {
    const rule = Buffer.from(`@charset "${label}";`)
    const withRule = (link: string) => Buffer.concat([rule, sheet(link)])
    assert.deepEqual(translateBytes(withRule(inside), { language: 'css' }), withRule(outside))
    for (const meta of [
      `<meta charset="${label}">`,
      `<meta http-equiv=content-type content="text/html; charset=${label}">`,
    ]) {
      const page = (link: string) =>
        Buffer.concat([Buffer.from(`${meta}<style>`), sheet(link), Buffer.from('</style>')])
      assert.deepEqual(translateBytes(page(inside)), page(outside))
    }
  })
}

test('where a backslash is one, after a letter of another alphabet, it escapes [F4]', () => {
  const sheet = Buffer.from(`a{b:"\xe9\\";c:url(${inside})"}`, 'latin1')
  assert.deepEqual(translateBytes(sheet, { language: 'css' }), sheet)
})
