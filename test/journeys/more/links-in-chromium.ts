import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Page } from 'playwright-core'
import { translateText } from '../../../src/links/sample.ts'
import { openProfile } from '../../browser.ts'

// Chromium's own parsers are the oracle: of a page with translated links they must see the same page, with other links.

const inside = 'http://iis/CORSWebService/'
const outside = 'https://service.contoso.net/'

const cleanUp = new AsyncDisposableStack()
let page: Page
before(async () => {
  page = await cleanUp.use(await openProfile()).newPage()
  await page.evaluate(treeFunction)
})
after(() => cleanUp.disposeAsync())

// Attributes and text that may hold links; everything else has to be the same to the letter.
// In CSS `\h` is an h as well.
const treeFunction = String.raw`
const mayHoldLinks = /^(?:href|src|action|srcset|style|srcdoc|content|value|data|ping|poster|xlink:href)$/
const linked = (text) => text.replaceAll('\\h', 'h').replaceAll(${JSON.stringify(inside)}, ${JSON.stringify(outside)})
function tree(node) {
  if (node.nodeType === Node.TEXT_NODE || node.nodeType === Node.CDATA_SECTION_NODE) {
    return node.parentElement?.localName === 'style' ? linked(node.data) : node.data
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return [node.nodeType, node.data ?? '', ...childTrees(node)]
  const attributes = [...node.attributes].map(({ name, value }) => [
    name,
    mayHoldLinks.test(name) ? linked(value) : value,
  ])
  return [node.namespaceURI, node.localName, attributes, ...childTrees(node.localName === 'template' ? node.content ?? node : node)]
}
const childTrees = (node) => [...node.childNodes].map(tree)
const parse = (text, type) => new DOMParser().parseFromString(text, type)
const serialize = (text, type) => JSON.stringify(tree(parse(text, type)))
const untranslated = (text, type) =>
  [...parse(text, type).querySelectorAll('[href],[src],[action]')]
    .flatMap((element) => ['href', 'src', 'action'].map((name) => element.getAttribute(name) ?? ''))
    .filter((link) => link.trim().startsWith(${JSON.stringify(inside)}))
const sheet = (text) => {
  const parsed = new CSSStyleSheet()
  parsed.replaceSync(text)
  return [...parsed.cssRules].map((rule) => rule.cssText).join('')
}
`.replaceAll(/^(?:const (\w+) =|function (\w+)\()/gm, (whole, name) =>
  name ? `globalThis.${name} =` : whole.replace('function tree', 'globalThis.tree = function'),
)

type Type = 'text/html' | 'application/xhtml+xml'

/** Many at once: asking the browser takes longer than answering. */
async function assertSameButLinks(texts: readonly string[], type: Type): Promise<void> {
  const language = type === 'text/html' ? 'html' : 'xhtml'
  const pairs = texts.map((text) => [text, translateText(text, { language })])
  const ask = `([a, b]) => [serialize(a, type), serialize(b, type), untranslated(b, type)]`
  const seen = (await page.evaluate(
    `((pairs, type) => pairs.map(${ask}))(${JSON.stringify(pairs)}, '${type}')`,
  )) as [string, string, string[]][]
  for (const [index, [before, after, left]] of seen.entries()) {
    assert.equal(after, before, texts[index] ?? '')
    assert.deepEqual(left, [], texts[index] ?? '')
  }
}

const many = <Value>(one: fc.Arbitrary<Value>) => fc.array(one, { minLength: 100, maxLength: 100 })

/** A failure tells the text; which others were asked with it says nothing. */
const once = { endOnFailure: true } as const

/** What means something to the same part of a tokenizer. */
const families = [
  `<a href="|<a href='|<a href=|<img src="|<b title="|<x-y src='|<base href="|" |' |>|/>|"|'|=| |\n|<|</|/|x|&amp;|&#x2f;|&`,
  '<!--|-->|--!>|<!-->|--|!|<!|<?|</ |<![CDATA[|]]>|-|>|<p>|x',
  '<script>|</script>|<script |</script |<script><!--|<script><!--<script>|<!--|-->|--|-|>|/>|<|</scriptx|x',
  '<style>|</style>|<textarea>|</textarea>|<title>|</title>|<xmp>|</xmp>|</|</st|</style |>|"',
  '<noembed>|</noembed>|<iframe>|</iframe>|<template>|</template>|<table>|<td>|</table>|<p>|</p>|<!--|-->',
  `<style>|</style>|<p style="|<p style='|">|'>|url(|url("|url('|@import "|)|"|'|;|/*|*/|\\|&quot;|<|</`,
  `<meta content="0;url=|<meta content='|<input value="|<object data="|<iframe srcdoc="|<img srcset="|">|'>| |,|1x|&lt;|&quot;|>|<p>`,
].map((family) => family.split('|'))
const links = [
  inside,
  ` ${inside}`,
  `${inside}?a&amp;b`,
  `href="${inside}"`,
  `<a href="${inside}">`,
]

/** Markup that may be anything: each page of one family, in which everything meets everything. */
const hypertext = fc
  .constantFrom(...families)
  .chain((family) => fc.array(fc.constantFrom(...family, ...links), { maxLength: 14, size: 'max' }))
  .map((pieces) => pieces.join(''))

/** SVG and MathML as somebody writes it, with HTML inside. */
const foreign = fc
  .array(
    fc.constantFrom(
      `<svg><style>a{b:url(${inside})}</style><image href="${inside}"/></svg>`,
      `<svg><title><a href="${inside}"></a></title><![CDATA[<a href="${inside}">]]></svg>`,
      `<svg><foreignObject><style><a href="${inside}"></style><textarea><a href="${inside}"></textarea></foreignObject><a href="${inside}"></a></svg>`,
      `<svg><g><svg></svg><script>"<a href='${inside}'>"</script></g></svg>`,
      `<svg><path/><p>`,
      `<svg/>`,
      `<math><mi><textarea><a href="${inside}"></textarea></mi><mrow href="${inside}"></mrow></math>`,
      `<math><annotation-xml encoding="text/html"><p href="${inside}"></p></annotation-xml></math>`,
      `<textarea><a href="${inside}"></textarea>`,
      `<![CDATA[ > <a href="${inside}"></a>`,
      `<p>`,
      `</p>`,
      `<div>`,
      `</div>`,
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''))

test('Chromium sees the same page with other links, however broken the page is [F4]', async () => {
  const property = fc.asyncProperty(many(hypertext), (texts) =>
    assertSameButLinks(texts, 'text/html'),
  )
  await fc.assert(property, { ...once, numRuns: 150 })
})

test('Chromium sees the same page with other links, SVG and MathML included [F4]', async () => {
  const property = fc.asyncProperty(many(foreign), (texts) =>
    assertSameButLinks(texts, 'text/html'),
  )
  await fc.assert(property, { ...once, numRuns: 10 })
})

const xhtml = fc
  .array(
    fc.constantFrom(
      `<a href="${inside}">x</a>`,
      `<script><![CDATA["<a href='${inside}'>"]]></script>`,
      `<script src="${inside}"/>`,
      `<style>a{b:url(${inside})}<![CDATA[c{d:url(${inside})}]]></style>`,
      `<title><a href="${inside}"/></title>`,
      `<!-- <a href="${inside}"/> -->`,
      `<?x <a href="${inside}"> ?>`,
      `<p title='"&gt;${inside}'/>`,
    ),
    { maxLength: 8 },
  )
  .map(
    (pieces) => `<html xmlns="http://www.w3.org/1999/xhtml"><body>${pieces.join('')}</body></html>`,
  )

test('Chromium sees the same XHTML with other links [F4]', async () => {
  const property = fc.asyncProperty(many(xhtml), (texts) =>
    assertSameButLinks(texts, 'application/xhtml+xml'),
  )
  await fc.assert(property, { ...once, numRuns: 5 })
})

const declarations = fc
  .array(
    fc.constantFrom(
      ...`a{b:c}|a{|}|background:|;|url(|url( "|"|'|)|(|/*|*/|\\|\\"|\n|,| |content:|image-set(|1x|[|]|@media all{|@font-face{|src:|\\2f `.split(
        '|',
      ),
      inside,
      `url(${inside})`,
      `url("${inside}")`,
      `a{background:url(${inside}x)}`,
    ),
    { maxLength: 20 },
  )
  .map((pieces) => pieces.join(''))

test('Chromium sees the same style sheet with other links [F4]', async () => {
  const link = new RegExp(`url\\("${inside}`, 'g')
  const property = fc.asyncProperty(many(declarations), async (texts) => {
    const pairs = texts.map((text) => [text, translateText(text, { language: 'css' })])
    const code = `${JSON.stringify(pairs)}.map(([a, b]) => [sheet(a), sheet(b)])`
    const seen = (await page.evaluate(code)) as [string, string][]
    for (const [index, [before, after]] of seen.entries()) {
      assert.equal(after, before.replaceAll(link, `url("${outside}`), texts[index] ?? '')
    }
  })
  await fc.assert(property, { ...once, numRuns: 100 })
})
