import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeCall } from './portal-call.ts'

const own = 'https://portal.contoso.net'
const good = { method: 'POST', origin: own, fetchSite: 'same-origin', portalField: '1' }
const unsaid = undefined

const calls = [
  ['a change of its own page', {}, true],
  ['a change from a browser without Fetch Metadata', { fetchSite: unsaid }, true],
  ['a change whose browser says no origin', { origin: unsaid }, true],
  ['a read typed into the address bar', { ...get(), fetchSite: 'none' }, true],
  ['a read by a program with the cookie', { ...get(), fetchSite: unsaid }, true],
  ['a change of another site', { fetchSite: 'cross-site', origin: 'https://evil.example' }, false],
  ['a change of a published application', { fetchSite: 'same-site' }, false],
  [
    'a change of a published application, unsaid',
    { fetchSite: unsaid, origin: 'https://app.contoso.net' },
    false,
  ],
  ['a form that was posted', { portalField: unsaid }, false],
  ['a form of a page without an origin', { origin: 'null', fetchSite: unsaid }, false],
  ['a change of nobody knows whom', { origin: unsaid, fetchSite: unsaid }, false],
  ['a change by the address bar', { fetchSite: 'none', origin: unsaid }, false],
  ['a field that says something else', { portalField: '0' }, false],
  ['a read that an application embeds', { ...get(), fetchSite: 'same-site' }, false],
  ['the origin in capitals', { origin: own.toUpperCase() }, false],
] as const
for (const [what, change, allowed] of calls) {
  test(`judgeCall() ${allowed ? 'lets' : 'refuses'} ${what} [G3]`, () => {
    assert.equal(judgeCall({ ...good, ...change }, own).allowed, allowed)
  })
}

function get() {
  return { method: 'GET', origin: undefined, portalField: undefined } as const
}
