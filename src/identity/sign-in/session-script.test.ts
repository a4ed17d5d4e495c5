import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { sessionScript, sessionXhrScript } from './session-script.ts'

test('session.js is below 3,000 bytes as it is served, before any compression [S5]', () => {
  const bytes = Buffer.byteLength(sessionScript)
  assert.ok(bytes < 3000, `${bytes} bytes`)
})

test('session.js leaves one name behind, and patches fetch only where it is asked to [S5]', () => {
  for (const dataset of [undefined, {}, { patch: '' }]) {
    const script = dataset && { src: 'https://app.test/.sallyport/session.js', dataset }
    const page = world(script)
    const before = Object.keys(page)
    const { fetch } = page
    runInNewContext(sessionScript, page)
    assert.deepEqual(Object.keys(page), [...before, 'sallyport'])
    assert.equal(page.fetch === fetch, dataset?.patch === undefined)
  }
})

/** As much of a page as the script touches while it loads. */
function world(currentScript: object | undefined) {
  const page: Record<string, unknown> = {
    document: { currentScript },
    location: { origin: 'https://app.test' },
    URL,
    clearTimeout,
    fetch: () => Promise.resolve({ json: () => ({}) }),
  }
  page['window'] = page
  return page
}

test('session-xhr.js is below 2,000 bytes and leaves XMLHttpRequest what it was for whoever looks [S5]', () => {
  assert.ok(Buffer.byteLength(sessionXhrScript) < 2000)
  class XMLHttpRequest extends EventTarget {
    static DONE = 4
  }
  const page: Record<string, unknown> = { XMLHttpRequest }
  page['window'] = page
  runInNewContext(sessionXhrScript, page)
  const Patched = page['XMLHttpRequest'] as typeof XMLHttpRequest
  assert.notEqual(Patched, XMLHttpRequest)
  assert.ok(new Patched() instanceof XMLHttpRequest)
  assert.equal(Patched.DONE, 4)
  assert.deepEqual(Object.keys(page), ['XMLHttpRequest', 'window'])
})
