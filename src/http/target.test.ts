import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { processorMsOf } from '../../test/processor-time.ts'
import { parseTarget } from './target.ts'

const accepted = [
  '/',
  '/a/b?x=1',
  '/public/a%20b/%C3%A9?q=%2F..%2F',
  '/file..name/.well-known/x',
  '/a;v=1/b',
  '/a//b',
  '/x?redirect=https://a.example/?b=[1]|{2}',
  '/100%25',
  "/(a)'b,c@d:e",
  '/?',
]
for (const target of accepted) {
  test(`parseTarget() takes ${target} as it is [F8]`, () => {
    const parsed = parseTarget(target)
    assert.ok(typeof parsed === 'object')
    assert.equal(parsed.path + parsed.query, target)
  })
}

const refused = [
  ['/public/../admin', 'dot-segment'],
  ['/public/%2e%2e/admin', 'dot-segment'],
  ['/public/.%2E/admin', 'dot-segment'],
  ['/./a', 'dot-segment'],
  ['/a/..', 'dot-segment'],
  ['/public/..;/admin', 'dot-segment'],
  ['/public/;x=/../admin', 'path-parameter'],
  ['/admin;x=/public/', 'path-parameter'],
  ['/public/%2e%2e%2fadmin', 'encoded-separator'],
  ['/a%5cb', 'encoded-separator'],
  ['/a\\b', 'bad-character'],
  ['/public/..%252fadmin', 'double-encoding'],
  ['/%252e%252e/a', 'double-encoding'],
  ['/%c0%ae%c0%ae/a', 'overlong-encoding'],
  ['/%ef%bc%8e%ef%bc%8e/a', 'overlong-encoding'],
  ['/%uff0e/a', 'bad-escape'],
  ['/admin/%', 'bad-escape'],
  ['/admin/%zz', 'bad-escape'],
  ['/a%00', 'encoded-control'],
  ['/a%7f', 'encoded-control'],
  ['/a b', 'bad-character'],
  ['/a\u00a0b', 'bad-character'],
  ['/admin#/public', 'fragment'],
  ['/admin%23/public', 'fragment'],
  ['//evil.example/x', 'not-origin-form'],
  ['http://a.example/', 'not-origin-form'],
  ['@169.254.169.254/', 'not-origin-form'],
  ['*', 'not-origin-form'],
  ['', 'not-origin-form'],
  ['/a?b=<c>', 'bad-character'],
  [`/${'a'.repeat(8192)}`, 'too-long'],
] as const
for (const [target, problem] of refused) {
  test(`parseTarget() refuses ${target.slice(0, 40)} as ${problem} [F8]`, () => {
    assert.equal(parseTarget(target), problem)
  })
}

test('parseTarget() undoes needless escapes for decisions and keeps the bytes for the application [F8]', () => {
  assert.deepEqual(parseTarget('/%61dmin/%7Eme'), {
    path: '/%61dmin/%7Eme',
    canonicalPath: '/admin/~me',
    query: '',
  })
})

test('what parseTarget() accepts means the same path to a WHATWG parser [F8]', () => {
  const piece = fc.constantFrom(...'/.%2e5cf;\\?#:@\0\tab'.split(''), '%2f', '%2e', '..', 'x')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const raw = `/${pieces.join('')}`
      const parsed = parseTarget(raw)
      if (typeof parsed === 'string') return
      assert.equal(new URL(`http://h.example${parsed.path}`).pathname, parsed.path)
      assert.ok(!/%2f|%5c|%00/i.test(parsed.path))
    }),
    { numRuns: 20_000 },
  )
})

test('parseTarget() takes time linear in the length, whatever follows a long segment [F8]', async () => {
  const long = 'a'.repeat(4000)
  const tails = ['%20', ';v=1', '\x80', '/.well-known', '.'.repeat(3000), '//', '/..', '%']
  const tookMs = await processorMsOf(() => {
    for (const tail of tails) {
      parseTarget(`/${long}${tail}`)
      parseTarget(`/${`${'a'.repeat(30)}/`.repeat(100)}${tail}`)
    }
  })
  // Tried in every way, thirty letters alone take ten seconds.
  assert.ok(tookMs < 1000, `${tookMs} ms`)
})
