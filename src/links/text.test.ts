import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { processorMsOf } from '../../test/processor-time.ts'
import { translateBytes, translateText } from './sample.ts'

const inside = 'http://iis/CORSWebService/'

/** Pieces that mean something to one of the states, good and bad. */
const piece = fc.constantFrom(
  ...`<a href="|<img src='|<p style="|<style>|</style>|<script>|</script>|<!--|-->|<![CDATA[|]]>|<svg>|</svg>|<title>|</title>|<noscript>|</noscript>|<textarea>|</textarea>|<iframe srcdoc="|<meta content='0;url=|<meta charset=shift_jis>|<base href=|srcset="|style='|href=|url(|@import "|image-set(|/*|*/|)|"|'|>|<|</|/|=|&|&amp;|&#x2f;|;|\\|\n|\r| |,|-|!|x|\x95\x5c|\xe9|${inside}|http://iis/CORSWebClient/|//iis/CORSWebService|/CORSWebClient/x|http:|//|iis`.split(
    '|',
  ),
)
const document = fc.array(piece, { maxLength: 40, size: 'max' }).map((pieces) => pieces.join(''))
const language = fc.constantFrom('html', 'xhtml', 'css')

test('wherever a body is cut into pieces, the translation is the same [F4]', () => {
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 })
  fc.assert(
    fc.property(document, language, cuts, fc.boolean(), (text, kind, ends, everywhere) => {
      const bytes = Buffer.from(text, 'latin1')
      const inOrder = everywhere
        ? Array.from(bytes.keys())
        : ends.map((end) => Math.min(end, bytes.length)).sort((a, b) => a - b)
      const plan = { language: kind }
      assert.deepEqual(translateBytes(bytes, plan, inOrder), translateBytes(bytes, plan))
    }),
    { numRuns: 5_000 },
  )
})

test('a body without links to published applications keeps every byte [F4]', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), document, language, (bytes, text, kind) => {
      const page = Buffer.concat([
        Buffer.from(text.replaceAll('iis', 'isi').replaceAll('/CORS', '/cors'), 'latin1'),
        bytes,
      ])
      assert.deepEqual(translateBytes(page, { language: kind }), page)
    }),
    { numRuns: 2_000 },
  )
})

test('whatever the page, nothing changes but internal URLs to external ones [F4]', () => {
  fc.assert(
    fc.property(document, language, (text, kind) => {
      const bytes = Buffer.from(text, 'latin1')
      const translated = translateBytes(bytes, { language: kind }).toString('latin1')
      assert.equal(unlinked(translated), unlinked(text))
    }),
    { numRuns: 5_000 },
  )
})

/** Every form that a link can have here made the same; in CSS a backslash may stand within. */
function unlinked(text: string): string {
  const slash = '(?:/|&#x2f;)'
  const hosts = `(?:https?:)?${slash}{2}(?:iis${slash}CORSWebService|service\\.contoso\\.net|iis${slash}CORSWebClient|apps\\.contoso\\.net${slash}client)`
  return text
    .replaceAll(/\\(?:\r\n|[\r\n]|(?=[hi/]))/g, '')
    .replaceAll(new RegExp(`${hosts}|${slash}CORSWeb(?:Client|Service)|${slash}client`, 'g'), '¶')
    .replaceAll(/¶(?:\/|&#x2f;)?/g, '¶')
}

const marks = [
  ['UTF-16, little end first', [0xff, 0xfe], 'untouched'],
  ['UTF-16, big end first', [0xfe, 0xff], 'untouched'],
  ['UTF-8', [0xef, 0xbb, 0xbf], 'translated'],
] as const
for (const [name, mark, outcome] of marks) {
  test(`a byte order mark of ${name} leaves the page ${outcome}, whatever the label and the pieces [F4]`, () => {
    const page = Buffer.concat([Buffer.from(mark), Buffer.from(`<a href="${inside}">`)])
    for (const charset of [undefined, 'ascii', 'shiftJis'] as const) {
      const translated = translateBytes(page, { charset }, [1, 2, 3])
      assert.equal(translated.equals(page), outcome === 'untouched')
    }
  })
}

test('a page that says it is in an encoding that is not read as bytes stays from there on [F4]', () => {
  const link = `<a href="${inside}">`
  const page = `${link}<meta charset=iso-2022-jp>${link}`
  assert.equal(
    translateText(page),
    `<a href="https://service.contoso.net/"><meta charset=iso-2022-jp>${link}`,
  )
  assert.notEqual(translateText(`<meta charset=utf-16>${link}`), `<meta charset=utf-16>${link}`)
  assert.notEqual(translateText(page, { charset: 'ascii' }).slice(-link.length), link)
})

test('a link too long to be one passes as it is, and holds up nothing [F4]', () => {
  const long = `<img src="${inside}${'x'.repeat(70_000)}">`
  const bytes = Buffer.from(`${long}<a href="${inside}">`)
  const ends = Array.from({ length: 80 }, (_, i) => i * 1_000)
  const translated = translateBytes(bytes, {}, ends).toString()
  assert.equal(translated, `${long}<a href="https://service.contoso.net/">`)
})

const hostile = [
  ['an attribute that never ends', `<a href="${inside}`, '&#x2f;'],
  ['a bare attribute that never ends', '<a href=', 'x&amp'],
  ['attributes without end', '<a ', 'href='],
  ['tags that never end', '', '<a'],
  ['comments that never end', '', '<!--'],
  ['comments of dashes', '<!-', '-'],
  ['end tags in text that never ends', '<style>', '</styl'],
  ['scripts within scripts', '<script><!--', '<script>'],
  ['noscripts within noscripts', '', '<noscript>'],
  ['SVG within SVG', '', '<svg>'],
  ['documents within documents', '', `<iframe srcdoc="<iframe srcdoc='`],
  ['candidates of commas', '<img srcset="', 'x,,,,,,,,'],
  ['candidates of parentheses', '<img srcset="', 'x (,'],
  ['refreshes of white space', '<meta content="0', ' '],
  ['refreshes of digits', '<meta content="', '0.'],
  ['content types that never come', '<meta content="text/', 'charset '],
  ['functions in a style', '<p style="', 'url('],
  ['escapes in a style', '<p style="a:url(', '\\'],
  ['comments in a style', '<style>', '/*'],
  ['names before parentheses', '<style>', 'url '],
] as const
for (const [what, start, repeated] of hostile) {
  test(`50 kB of ${what} take less than 50 ms, also in small pieces [F4]`, async () => {
    const bytes = Buffer.from(start + repeated.repeat(50_000 / repeated.length))
    const closed = Buffer.concat([bytes, Buffer.from(`"')>`)])
    const ends = Array.from({ length: 500 }, (_, i) => i * 100)
    for (const page of [bytes, closed]) {
      assert.ok((await fastest(() => translateBytes(page))) < 50)
      assert.ok((await fastest(() => translateBytes(page, {}, ends))) < 50)
    }
  })
}

/** Milliseconds of the best of a few runs: what the machine does meanwhile, and what is compiled, is not measured. */
async function fastest(run: () => void): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i++) best = Math.min(best, await processorMsOf(run))
  return best
}
