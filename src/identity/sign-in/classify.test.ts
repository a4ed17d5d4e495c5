import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { classifyRequest, type RequestFacts } from './classify.ts'
import { chromiumRequests, otherRequests, type RequestCase } from './fixture-requests.ts'

const nothing: RequestFacts = {
  method: 'GET',
  secFetchMode: undefined,
  secFetchDest: undefined,
  secFetchSite: undefined,
  purpose: undefined,
  accept: undefined,
  xRequestedWith: undefined,
  upgrade: undefined,
}

const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

const cases: readonly RequestCase[] = [
  ...Object.values(chromiumRequests),
  ...otherRequests,
  [
    'a navigation whose Accept says nothing',
    { secFetchMode: 'navigate', secFetchDest: 'document', accept: '*/*' },
    'navigation',
  ],
  ['a navigation without a destination', { secFetchMode: 'navigate' }, 'navigation'],
  ['a destination alone', { secFetchDest: 'empty', accept: html }, 'script'],
  ['a WebSocket without Fetch Metadata', { upgrade: 'websocket', accept: html }, 'script'],
  ['a DELETE that claims to navigate', { method: 'DELETE', secFetchMode: 'navigate' }, 'script'],
  ['an old browser', { accept: html }, 'navigation'],
  ['an old browser asking HEAD', { method: 'HEAD', accept: html }, 'navigation'],
  ['an old script posting', { method: 'POST', accept: '*/*' }, 'script'],
  ['an old browser deleting', { method: 'DELETE', accept: html }, 'script'],
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
    purpose: fc.constantFrom('prefetch', undefined),
    upgrade: fc.constant(undefined),
  })
  fc.assert(fc.property(facts, (given) => classifyRequest(given).kind === 'script'))
})

test('nothing that is loaded ahead begins a sign-in, whatever else it says [S7]', () => {
  const facts = fc.record({
    method: fc.constantFrom('GET', 'POST', 'HEAD'),
    secFetchMode: fc.constantFrom('navigate', 'no-cors', undefined),
    secFetchDest: fc.constantFrom('document', 'iframe', 'empty', undefined),
    secFetchSite: fc.constantFrom('same-origin', 'none', undefined),
    accept: fc.constantFrom(html, undefined),
    xRequestedWith: fc.constant(undefined),
    upgrade: fc.constant(undefined),
    purpose: fc.constantFrom(
      'prefetch',
      'Prefetch',
      'prefetch;prerender',
      'prefetch;a=b',
      'preview',
    ),
  })
  fc.assert(fc.property(facts, (given) => classifyRequest(given).kind === 'script'))
})
