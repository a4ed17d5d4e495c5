import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldValue } from '../http/headers.ts'
import { manualAnswer } from './answer.ts'
import { errorUrl } from './error-page.ts'

const bodyOf = (path: string) => manualAnswer('GET', path)?.body ?? ''

test('manualAnswer() has the page about a code, with links to other documents that it serves [F7]', () => {
  const answer = manualAnswer('GET', '/.sallyport/docs/errors/blocked-by-policy')
  assert.equal(answer?.status, 200)
  assert.match(answer.body, /<h1>blocked-by-policy: A conditional access policy blocks the person/)
  assert.match(answer.body, /<h2 id="who-can-put-it-right">/)
  assert.match(answer.body, /<a href="\/\.sallyport\/docs\/sign-in-log">/)
  assert.match(fieldValue(answer.headers, 'content-security-policy') ?? '', /^default-src 'none'/)
})

test('manualAnswer() has the Markdown itself, and an index for tools that leads to it', () => {
  assert.match(bodyOf('/.sallyport/docs/errors/no-connector.md'), /^# `no-connector`/)
  const [, link = ''] = /\]\((\/\.sallyport\/docs\/[^)]*)\)/.exec(bodyOf('/llms.txt')) ?? []
  assert.equal(manualAnswer('GET', link)?.status, 200)
  assert.match(bodyOf('/.sallyport/docs/'), /<a href="\/\.sallyport\/docs\/getting-started">/)
})

const nowhere = [
  'errors/no-such-code',
  '../package.json',
  '..%2fpackage.json',
  'errors/../../package',
  'errors/%00',
  '/etc/passwd',
  'constructor',
  '__proto__',
  'errors',
]
for (const name of nowhere) {
  test(`manualAnswer() has no document ${name}`, () => {
    assert.equal(manualAnswer('GET', `/.sallyport/docs/${name}`)?.status, 404)
    assert.equal(manualAnswer('GET', `/.sallyport/docs/${name}.md`)?.status, 404)
  })
}

test('manualAnswer() leaves everything else to others, and takes no other method', () => {
  assert.equal(manualAnswer('GET', '/.sallyport/sign-in'), undefined)
  assert.equal(manualAnswer('GET', '/'), undefined)
  assert.equal(manualAnswer('POST', '/llms.txt')?.status, 405)
})

test('errorUrl() is about the first code that has a page', () => {
  const at = (...codes: readonly (string | undefined)[]) => errorUrl('https://login.test', codes)
  const no = 'https://login.test/.sallyport/docs/errors/'
  assert.equal(at(undefined, 'unheard-of', 'no-connector'), `${no}no-connector`)
  assert.equal(at('yaml-bad-indent'), `${no}yaml-syntax`)
  assert.equal(at('../api'), undefined)
  assert.equal(at(), undefined)
})
