import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { fieldValue } from './headers.ts'
import { html, pageAnswer, renderPage } from './page.ts'

test('html`` escapes every value that is not markup itself', () => {
  const inner = html`<b title="${`"'<&>`}">${'<script>'}</b>`
  assert.equal(inner.markup, '<b title="&quot;&#39;&lt;&amp;&gt;">&lt;script&gt;</b>')
  assert.equal(html`<p>${inner}${[inner]}${1}</p>`.markup, `<p>${inner.markup}${inner.markup}1</p>`)
})

test('no text breaks out of a page, in the title, the body or the data', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '/', '"', 'script', '!--', '&') }),
      (text) => {
        const page = renderPage({ title: text, body: html`<p>${text}</p>`, data: { text } })
        const tags = page.html.match(/<\/?[a-z!][^>]*>/gi) ?? []
        const plain = renderPage({ title: '', body: html`<p></p>`, data: {} })
        assert.equal(tags.length, (plain.html.match(/<\/?[a-z!][^>]*>/gi) ?? []).length)
      },
    ),
  )
})

test('the policy allows the style and the script of the page by hash, and nothing else', () => {
  const { html: text, csp } = renderPage({ title: 'a', body: html``, script: 'go()' })
  const hash = createHash('sha256').update('go()').digest('base64')
  const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? ''
  const styleHash = createHash('sha256').update(style).digest('base64')
  assert.deepEqual(csp.split('; '), [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    'img-src data:',
    `script-src 'sha256-${hash}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ])
})

test('the hosts a script may call are named, or their scheme when there are too many', () => {
  const some = renderPage({
    title: '',
    body: html``,
    connectTo: ['https://a.test', 'https://b.test'],
  })
  assert.match(some.csp, /connect-src https:\/\/a\.test https:\/\/b\.test;/)
  const many = Array.from({ length: 500 }, (_, i) => `https://host${i}.test`)
  assert.match(renderPage({ title: '', body: html``, connectTo: many }).csp, /connect-src https:;/)
})

test('a page is not stored, sniffed, framed or told to others', () => {
  const { headers } = pageAnswer(400, { title: 'a', body: html`` }, ['Retry-After', '1'])
  assert.equal(fieldValue(headers, 'cache-control'), 'no-store')
  assert.equal(fieldValue(headers, 'referrer-policy'), 'no-referrer')
  assert.equal(fieldValue(headers, 'x-content-type-options'), 'nosniff')
  assert.equal(fieldValue(headers, 'x-frame-options'), 'DENY')
  assert.equal(fieldValue(headers, 'retry-after'), '1')
})
