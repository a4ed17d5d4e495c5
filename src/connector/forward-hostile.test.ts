import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { RawBackend, TestForwarder } from './forward-fixture.ts'

// Answers made by generators, delivered whole, byte by byte and cut at every line end. The judge of what is right is the
// generator, which knows what it made.

type Delivery = 'whole' | 'by byte' | 'by line'

async function deliver(socket: Socket, bytes: string, how: Delivery): Promise<void> {
  const pieces =
    how === 'whole' ? [bytes] : how === 'by byte' ? [...bytes] : bytes.split(/(?<=[\r\n])/)
  for (const piece of pieces) {
    if (!socket.writable) return
    await new Promise((sent) => socket.write(piece, 'latin1', sent))
    // Otherwise the kernel puts the pieces together again.
    await new Promise((turn) => setImmediate(turn))
  }
}

/** Backends of which every connection answers with `bytes`, unless the path is a control request's. */
function behaving(bytes: string, how: Delivery, then: 'stay' | 'close') {
  return (socket: Socket, seen: string): void => {
    const target = /(?:^|\r\n\r\n)[A-Z]+ (\/[^ ]*) HTTP\/1\.1\r\n(?:[^\r\n]+\r\n)+\r\n$/.exec(
      seen,
    )?.[1]
    if (target === undefined) return
    if (target.startsWith('/control/')) {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`)
      return
    }
    void deliver(socket, bytes, how).then(() => then === 'close' && socket.end())
  }
}

let nonce = 0
/** Nobody gets what belongs to somebody else, whatever the answers before were. */
async function assertUnpoisoned(forwarder: TestForwarder, origin: string): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const target = `/control/${++nonce}`
    const { text, calls } = await forwarder.ask(origin, { target })
    assert.equal(text, target, calls.join())
  }
}

const delivery = fc.constantFrom<Delivery>('whole', 'by byte', 'by line')
const ows = fc.constantFrom('', ' ', '\t', '  ')
const lengthForms = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ form: '2', length: 2 }) },
  fc.constant({ form: '002', length: 2 }),
  fc
    .constantFrom(
      '+2',
      '-2',
      '2,2',
      '2, 2',
      '0x2',
      '2.0',
      '2e0',
      '',
      '\xa02',
      '2;a',
      '18446744073709551618',
    )
    .map((form) => ({ form, length: undefined })),
)
const codingForms = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom('chunked', 'Chunked').map((form) => ({ form, fine: true })),
  },
  fc
    .constantFrom(
      'gzip, chunked',
      'chunked, chunked',
      'identity',
      'xchunked',
      '',
      '\xa0chunked',
      'chunked;a=b',
      ',chunked',
    )
    .map((form) => ({ form, fine: false })),
)
const framing = fc.record({
  lengths: fc.array(lengthForms, { maxLength: 2 }),
  codings: fc.array(codingForms, { maxLength: 2 }),
  spaceBefore: ows,
  minor: fc.constantFrom(0, 1),
})

test('an answer is passed on in exactly one framing, or not at all [F8]', async () => {
  await using forwarder = new TestForwarder()
  await fc.assert(
    fc.asyncProperty(framing, delivery, async ({ lengths, codings, spaceBefore, minor }, how) => {
      const lines = [
        ...lengths.map(({ form }) => `Content-Length:${spaceBefore}${form}\r\n`),
        ...codings.map(({ form }) => `Transfer-Encoding:${spaceBefore}${form}\r\n`),
      ]
      const body = codings.length > 0 ? '2\r\nhi\r\n0\r\n\r\n' : 'hi'
      const bytes = `HTTP/1.${minor} 200 OK\r\n${lines.join('')}\r\n${body}`
      const plain =
        lengths.length + codings.length <= 1 &&
        lengths.every(({ length }) => length !== undefined) &&
        codings.every(({ fine }) => fine && minor === 1)
      await using backend = await RawBackend.start(behaving(bytes, how, 'close'))
      const stream = await forwarder.ask(backend.origin)
      if (plain) assert.deepEqual([stream.text, stream.ended], ['hi', true])
      else assert.deepEqual([stream.resetCode, stream.status], ['backend-rubbish', 0])
      await assertUnpoisoned(forwarder, backend.origin)
    }),
    { numRuns: 150 },
  )
})

const chunk = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '2\r\nhi\r\n',
      '02\r\nhi\r\n',
      'A\r\n0123456789\r\n',
      '1;x="y"\r\na\r\n',
    ),
  },
  fc.constantFrom(
    '2\nhi\r\n',
    '2\r\nhi!\r\n',
    '0x2\r\nhi\r\n',
    '\r\nhi\r\n',
    '2 \r\nhi\r\n',
    ' 2\r\nhi\r\n',
  ),
  fc.constantFrom(
    'FFFFFFFFFFFFFFFF\r\nhi\r\n',
    '2\r\nhi\n',
    '2;\nhi\r\n',
    '-2\r\nhi\r\n',
    '2\r\r\nhi\r\n',
  ),
)
const goodChunks: Readonly<Record<string, string>> = {
  '2\r\nhi\r\n': 'hi',
  '02\r\nhi\r\n': 'hi',
  'A\r\n0123456789\r\n': '0123456789',
  '1;x="y"\r\na\r\n': 'a',
}

test('a chunked answer is whole and right, or seen to be broken [F7] [F8]', async () => {
  await using forwarder = new TestForwarder()
  await fc.assert(
    fc.asyncProperty(
      fc.array(chunk, { maxLength: 5 }),
      fc.boolean(),
      delivery,
      async (chunks, ends, how) => {
        const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
        const bytes = head + chunks.join('') + (ends ? '0\r\n\r\n' : '')
        await using backend = await RawBackend.start(behaving(bytes, how, 'close'))
        const { text, ended, resetCode } = await forwarder.ask(backend.origin)
        const firstBad = chunks.findIndex((written) => goodChunks[written] === undefined)
        const good = chunks.slice(0, firstBad < 0 ? chunks.length : firstBad)
        const content = good.map((written) => goodChunks[written]).join('')
        if (firstBad < 0 && ends) assert.deepEqual([text, ended], [content, true])
        else {
          assert.deepEqual(
            [ended, resetCode],
            [false, firstBad < 0 ? 'backend-truncated' : 'backend-rubbish'],
          )
          // What a broken chunk held may have been passed on, but nothing that no chunk held.
          assert.ok(text.startsWith(content.slice(0, text.length)))
        }
        await assertUnpoisoned(forwarder, backend.origin)
      },
    ),
    { numRuns: 150 },
  )
})

const statusLine = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: 200, max: 999 })
      .map((status) => ({ line: `HTTP/1.1 ${status} OK`, status })),
  },
  fc
    .constantFrom('HTTP/1.1 200', 'HTTP/1.1 200 ', 'HTTP/1.0 200 OK', 'HTTP/1.1 200 \xe9 :')
    .map((line) => ({ line, status: 200 })),
  fc
    .constantFrom(
      'HTTP/1.1 099 X',
      'HTTP/1.1 1000 X',
      'HTTP/1.1 abc X',
      'HTTP/1.1 20 X',
      'HTTP/1.1  200 OK',
      'HTTP/2 200',
      'HTTP/1.2 200 OK',
    )
    .map((line) => ({ line, status: 0 })),
  fc
    .constantFrom(
      'http/1.1 200 OK',
      'ICY 200 OK',
      'HTTP/1.1\t200 OK',
      'HTTP/1.1 200 O\x01',
      'HTTP/1.1 200 O\0',
      ' HTTP/1.1 200 OK',
      'HTTP/1.1 +20 OK',
    )
    .map((line) => ({ line, status: 0 })),
)
const fieldLine = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('X: a', 'x-b:c', 'X:', 'X:\t a \t', 'X_y: 1', 'X: \xff')
      .map((line) => ({ line, fine: true })),
  },
  fc
    .constantFrom(
      'X : a',
      ': a',
      'X',
      ' X: a',
      '\tX: a',
      'X: a\0',
      'X: a\rY: b',
      'X: a\nY: b',
      'X\xe9: a',
      'X Y: a',
      'X: \x7f',
    )
    .map((line) => ({ line, fine: false })),
)

test('a head is passed on as it was, or not at all [F1] [F8]', async () => {
  await using forwarder = new TestForwarder()
  await fc.assert(
    fc.asyncProperty(
      statusLine,
      fc.array(fieldLine, { maxLength: 5 }),
      delivery,
      async ({ line, status }, lines, how) => {
        const fieldText = lines.map((field) => `${field.line}\r\n`).join('')
        const bytes = `${line}\r\n${fieldText}Content-Length: 0\r\n\r\n`
        await using backend = await RawBackend.start(behaving(bytes, how, 'close'))
        const stream = await forwarder.ask(backend.origin)
        if (status === 0 || lines.some(({ fine }) => !fine)) {
          assert.deepEqual([stream.resetCode, stream.status], ['backend-rubbish', 0])
        } else {
          assert.equal(stream.status, status)
          const names = lines.map((field) => field.line.slice(0, field.line.indexOf(':')))
          const kept = stream.headers.filter((_, i) => i % 2 === 0)
          assert.deepEqual(kept, [...names, ...(status === 204 ? [] : ['Content-Length'])])
        }
        await assertUnpoisoned(forwarder, backend.origin)
      },
    ),
    { numRuns: 200 },
  )
})

test('what stands behind an answer is never an answer to anybody [F8]', async () => {
  await using forwarder = new TestForwarder()
  const whole = fc.constantFrom(
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n',
  )
  const behind = fc.constantFrom(
    'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON',
    'POISON',
    '\r\n',
    'H',
  )
  await fc.assert(
    fc.asyncProperty(whole, behind, fc.boolean(), async (answer, more, apart) => {
      await using backend = await RawBackend.start((socket, seen) => {
        if (!seen.endsWith('\r\n\r\n')) return
        if (seen.includes('/control/')) return behaving('', 'whole', 'stay')(socket, seen)
        if (apart) socket.write(answer, () => socket.write(more))
        else socket.write(answer + more)
      })
      await forwarder.ask(backend.origin)
      await assertUnpoisoned(forwarder, backend.origin)
    }),
    { numRuns: 60 },
  )
})
