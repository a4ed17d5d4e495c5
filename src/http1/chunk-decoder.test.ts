import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ChunkDecoder } from './chunk-decoder.ts'
import { chunkStart, lastChunk } from './write-head.ts'

/** Decodes bytes that come in pieces of these lengths; what is behind the body is given back as it is. */
function decode(text: string, lengths: readonly number[]): object | string {
  const decoder = new ChunkDecoder()
  const bytes = Buffer.from(text, 'latin1')
  let content = ''
  let at = 0
  for (let i = 0; at < bytes.length && !decoder.over; i++) {
    const length = Math.max(1, lengths[i % lengths.length] ?? bytes.length)
    const piece = Buffer.from(bytes.subarray(at, at + length))
    const read = decoder.read(piece, 0)
    if (typeof read === 'string') return read
    content += read.toString('latin1')
    at += decoder.end
  }
  return { content, over: decoder.over, trailers: decoder.trailers, behind: text.slice(at) }
}

const bodies = [
  ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello', []],
  ['several chunks', '1\r\na\r\n2\r\nbc\r\n0\r\n\r\n', 'abc', []],
  ['upper-case sizes', 'A\r\n0123456789\r\n0\r\n\r\n', '0123456789', []],
  ['zeros in front of a size', '0005\r\nhello\r\n000\r\n\r\n', 'hello', []],
  ['an extension', '5;a="b";c\r\nhello\r\n0;d\r\n\r\n', 'hello', []],
  ['trailers', '0\r\nX-A: b\r\nx-a:c\r\n\r\n', '', ['X-A', 'b', 'x-a', 'c']],
  ['line ends in the content', '4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n', []],
] as const
for (const [what, text, content, trailers] of bodies) {
  test(`${what}: read, cut anywhere, and nothing taken of what is behind [F1] [F8]`, () => {
    const expected = { content, over: true, trailers, behind: 'GET /' }
    for (let length = 1; length <= text.length; length++) {
      assert.deepEqual(decode(`${text}GET /`, [length]), expected)
    }
  })
}

const wrong = [
  ['no size', '\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a prefix', '0x5\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a sign', '+5\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a minus', '-5\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['an underscore', '5_\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['an underscore inside', '0_2e\r\n\r\n', 'chunk-size'],
  ['a space in front', ' 5\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a space behind', '5 \r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['a tab behind', '5\t\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['an overflow', 'FFFFFFFFFFFFFFFF\r\nhello', 'chunk-size'],
  ['a size that wraps around', '10000000000000005\r\nhello\r\n0\r\n\r\n', 'chunk-size'],
  ['hundreds of zeros', `${'0'.repeat(200)}5\r\nhello\r\n0\r\n\r\n`, 'chunk-size'],
  ['LF behind the size', '5\nhello\r\n0\r\n\r\n', 'bare-line-feed'],
  ['CR behind the size', '5\rhello\r\n0\r\n\r\n', 'bare-carriage-return'],
  ['CR CR behind the size', '2\r\r;a\r\n02\r\n', 'bare-carriage-return'],
  ['LF behind the content', '5\r\nhello\n0\r\n\r\n', 'chunk-end'],
  ['CR behind the content', '5\r\nhello\r0\r\n\r\n', 'chunk-end'],
  ['more content than was said', '5\r\nhello!\r\n0\r\n\r\n', 'chunk-end'],
  ['less content than was said', '6\r\nhello\r\n0\r\n\r\n', 'chunk-end'],
  ['LF in an extension', '5;\nhello\r\n0\r\n\r\n', 'bare-line-feed'],
  ['a control byte in an extension', '5;a\x01\r\nhello\r\n0\r\n\r\n', 'control-byte'],
  ['LF behind the last chunk', '0\n\r\n', 'bare-line-feed'],
  ['LF instead of the empty line', '0\r\n\n', 'bare-line-feed'],
  ['LF behind a trailer', '0\r\nX: a\n\r\n', 'bare-line-feed'],
  ['a trailer without a colon', '0\r\nX\r\n\r\n', 'field-without-colon'],
  ['a request instead of the empty line', '0\r\nGET / HTTP/1.1\r\n\r\n', 'field-name'],
  ['long trailers', `0\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 'head-too-large'],
  ['65 trailers', `0\r\n${'X: y\r\n'.repeat(65)}\r\n`, 'too-many-fields'],
  [
    'many short extensions',
    `${`1;${'x'.repeat(15)}\r\na\r\n`.repeat(1100)}0\r\n\r\n`,
    'chunk-extensions-too-large',
  ],
] as const
for (const [what, text, problem] of wrong) {
  test(`${what} is ${problem}, wherever it is cut [F8]`, () => {
    for (const length of [1, 2, 3, 4, 5, 7, 16, text.length]) {
      assert.equal(decode(text, [length]), problem)
    }
  })
}

test('what is written in chunks is read as it was, however it was cut and is cut again [F1]', () => {
  const pieces = fc.array(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 40 }))
  fc.assert(
    fc.property(
      pieces,
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      (parts, cuts) => {
        const chunks = parts.map((part) => `${chunkStart(part.length)}${part}\r\n`)
        const text = chunks.join('') + lastChunk(['X-Sum', '1'])
        const expected = {
          content: parts.join(''),
          over: true,
          trailers: ['X-Sum', '1'],
          behind: '',
        }
        assert.deepEqual(decode(text, cuts), expected)
      },
    ),
  )
})

test('a body without its last chunk is never over [F8]', () => {
  assert.deepEqual(decode('5\r\nhello\r\n', [4]), {
    content: 'hello',
    over: false,
    trailers: [],
    behind: '',
  })
})
