import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hostile } from '../fixture-redirects.ts'
import { landingFragment, landingPath, landingUrl, requestedLandingPath } from './landing.ts'

const origin = 'https://home.contoso.test:8443'

for (const wanted of hostile) {
  test(`a landing path asked for as ${JSON.stringify(wanted)} stays on the host [S1]`, () => {
    const landed = new URL(landingUrl(origin, requestedLandingPath(origin, wanted), ''))
    assert.equal(landed.origin, origin)
    assert.ok(!landed.pathname.startsWith('//'), landed.href)
  })
}

test('whatever is asked for, the landing URL is on the origin [S1]', () => {
  const piece = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' }), fc.webUrl())
  fc.assert(
    fc.property(piece, piece, fc.array(piece, { maxLength: 3 }), (path, fragment, more) => {
      const text = path + more.join('')
      assert.equal(
        new URL(landingUrl(origin, requestedLandingPath(origin, text), fragment)).origin,
        origin,
      )
      assert.equal(new URL(landingUrl(origin, `/${text}`, fragment)).origin, origin)
      assert.equal(new URL(landingUrl(origin, text, fragment)).origin, origin)
    }),
  )
})

test('every URL of the application survives the way through sign-in [S1]', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
      const url = new URL(text)
      url.port = '8443'
      const back = landingUrl(url.origin, landingPath(url), landingFragment(url.hash))
      assert.equal(back, url.href.replace(/#$/, '')) // scripts cannot tell `#` from nothing
    }),
  )
})

test('a path the edge answers itself, or one that is too long, lands on the start page', () => {
  assert.equal(landingPath(new URL(`${origin}/.sallyport/sign-out`)), '/')
  assert.equal(landingPath(new URL(`${origin}/${'a'.repeat(5000)}`)), '/')
  assert.equal(requestedLandingPath(origin, '/.sallyport/sign-out'), '/')
  assert.equal(requestedLandingPath(origin, '/x/../.sallyport/sign-out'), '/')
  assert.equal(requestedLandingPath(origin, '/a?b=c'), '/a?b=c')
  assert.equal(requestedLandingPath(origin, undefined), '/')
})

test('what is no fragment or too long is dropped', () => {
  assert.equal(landingFragment('#a'), '#a')
  assert.equal(landingFragment('a'), '')
  assert.equal(landingFragment(`#${'a'.repeat(3000)}`), '')
})
