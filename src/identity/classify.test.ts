import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { classifyRequest, type RequestFacts } from './classify.ts'

const nothing: RequestFacts = {
  method: 'GET',
  secFetchMode: undefined,
  secFetchDest: undefined,
  secFetchSite: undefined,
  accept: undefined,
  xRequestedWith: undefined,
  upgrade: undefined,
}

const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

const cases: readonly [
  what: string,
  facts: Partial<RequestFacts>,
  kind: 'navigation' | 'script',
][] = [
  [
    'an address typed',
    { secFetchMode: 'navigate', secFetchDest: 'document', accept: html },
    'navigation',
  ],
  [
    'a navigation whose Accept says nothing',
    { secFetchMode: 'navigate', secFetchDest: 'document', accept: '*/*' },
    'navigation',
  ],
  ['a navigation without a destination', { secFetchMode: 'navigate' }, 'navigation'],
  [
    'a form post',
    { method: 'POST', secFetchMode: 'navigate', secFetchDest: 'document' },
    'navigation',
  ],
  [
    'a link from another site',
    { secFetchMode: 'navigate', secFetchDest: 'document', secFetchSite: 'cross-site' },
    'navigation',
  ],
  ['a frame', { secFetchMode: 'navigate', secFetchDest: 'iframe', accept: html }, 'script'],
  ['an old frame', { secFetchMode: 'navigate', secFetchDest: 'frame', accept: html }, 'script'],
  [
    'an embedded object',
    { secFetchMode: 'navigate', secFetchDest: 'embed', accept: html },
    'script',
  ],
  [
    'a fetch that asks for HTML',
    { secFetchMode: 'cors', secFetchDest: 'empty', accept: html },
    'script',
  ],
  ['a same-origin fetch', { secFetchMode: 'same-origin', secFetchDest: 'empty' }, 'script'],
  ['an image', { secFetchMode: 'no-cors', secFetchDest: 'image', accept: html }, 'script'],
  [
    'a service worker script',
    { secFetchMode: 'same-origin', secFetchDest: 'serviceworker' },
    'script',
  ],
  ['a web app manifest', { secFetchMode: 'cors', secFetchDest: 'manifest' }, 'script'],
  ['a destination alone', { secFetchDest: 'empty', accept: html }, 'script'],
  ['a WebSocket', { upgrade: 'websocket', secFetchMode: 'websocket' }, 'script'],
  ['a WebSocket without Fetch Metadata', { upgrade: 'websocket', accept: html }, 'script'],
  ['a DELETE that claims to navigate', { method: 'DELETE', secFetchMode: 'navigate' }, 'script'],
  ['an old browser', { accept: html }, 'navigation'],
  ['an old browser asking HEAD', { method: 'HEAD', accept: html }, 'navigation'],
  ['an old browser posting', { method: 'POST', accept: html }, 'script'],
  ['jQuery', { accept: html, xRequestedWith: 'XMLHttpRequest' }, 'script'],
  ['jQuery in small letters', { accept: html, xRequestedWith: 'xmlhttprequest' }, 'script'],
  ['an Android web view', { accept: html, xRequestedWith: 'com.example.app' }, 'navigation'],
  ['curl', { accept: '*/*' }, 'script'],
  ['no Accept', {}, 'script'],
  ['JSON first', { accept: 'application/json, text/html;q=0.9' }, 'script'],
  ['HTML first', { accept: 'application/json;q=0.5, text/html' }, 'navigation'],
  ['HTML not wanted', { accept: 'text/html;q=0, */*' }, 'script'],
  ['HTML with a broken weight', { accept: 'text/html;q=nan' }, 'script'],
  ['XHTML', { accept: 'APPLICATION/XHTML+XML' }, 'navigation'],
]

for (const [what, facts, kind] of cases) {
  test(`classifyRequest() takes ${what} for a ${kind} [S4] [S7]`, () => {
    assert.equal(classifyRequest({ ...nothing, ...facts }).kind, kind)
  })
}

test('what a script sends by fetch is never a navigation, whatever it writes [S4] [S7]', () => {
  const facts = fc.record({
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'),
    secFetchMode: fc.constantFrom('cors', 'no-cors', 'same-origin', 'websocket'),
    secFetchDest: fc.constantFrom('empty', 'document', undefined),
    secFetchSite: fc.constantFrom('same-origin', 'cross-site', undefined),
    accept: fc.constantFrom(html, '*/*', undefined),
    xRequestedWith: fc.constantFrom('XMLHttpRequest', undefined),
    upgrade: fc.constant(undefined),
  })
  fc.assert(fc.property(facts, (given) => classifyRequest(given).kind === 'script'))
})
