import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RawBackend, TestForwarder } from './forward-fixture.ts'

const head = 'HTTP/1.1 200 OK\r\n'
const empty = 'Content-Length: 0\r\n\r\n'
const ok = `${head}Content-Length: 2\r\n\r\nhi`

const rubbish = [
  ['bytes that are no HTTP', 'abc\r\n\r\n'],
  ['HTTP/0.9', '<html>hello</html>'],
  ['another protocol', 'SSH-2.0-OpenSSH_10.0\r\n'],
  ['HTTP/2 in text', `HTTP/2.0 200 OK\r\n${empty}`],
  ['control bytes in the reason', `HTTP/1.1 200 \x01\x7f\r\n${empty}`],
  ['HTTP/1.0 with a coding', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['status 000', `HTTP/1.1 000 X\r\n${empty}`],
  ['status 099', `HTTP/1.1 099 X\r\n${empty}`],
  ['status 1000', `HTTP/1.1 1000 X\r\n${empty}`],
  ['status abc', `HTTP/1.1 abc X\r\n${empty}`],
  ['NUL in a value', `${head}X: a\0b\r\n${empty}`],
  ['DEL in a value', `${head}X: a\x7fb\r\n${empty}`],
  ['a bare CR', `${head}X: a\rSet-Cookie: x=1\r\n${empty}`],
  ['bare LFs', 'HTTP/1.1 200 OK\nX: a\nContent-Length: 0\n\n'],
  ['obs-fold', `${head}X: a\r\n b\r\n${empty}`],
  ['a space before the colon', `${head}X : a\r\n${empty}`],
  ['an empty name', `${head}: a\r\n${empty}`],
  ['a line without colon', `${head}foo\r\n${empty}`],
  ['5,000 fields', `${head}${'a: b\r\n'.repeat(5_000)}${empty}`],
  ['a field of 100 kB', `${head}X: ${'a'.repeat(100_000)}\r\n${empty}`],
  [
    'Content-Length with Transfer-Encoding',
    `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'Transfer-Encoding with Content-Length',
    `${head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  ],
  ['two Content-Lengths', `${head}Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi`],
  ['a list of Content-Lengths', `${head}Content-Length: 2, 2\r\n\r\nhi`],
  ['a signed Content-Length', `${head}Content-Length: +2\r\n\r\nhi`],
  ['a Content-Length that wraps around', `${head}Content-Length: 18446744073709551618\r\n\r\nhi`],
  ['a Content-Length beyond 2^53', `${head}Content-Length: 9007199254740993\r\n\r\nhi`],
  ['stacked codings', `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['identity', `${head}Transfer-Encoding: identity\r\n\r\nhi`],
  [
    'chunked twice',
    `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['a 101 nobody asked for', 'HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
  ['a bare 101', 'HTTP/1.1 101 X\r\n\r\n'],
] as const

for (const [what, bytes] of rubbish) {
  test(`${what} from a backend is backend-rubbish and closes the connection [F7] [F8]`, async () => {
    await using backend = await RawBackend.start((socket) => socket.write(bytes, 'latin1'))
    await using forwarder = new TestForwarder()
    const { calls } = await forwarder.ask(backend.origin)
    assert.deepEqual(calls, ['reset backend-rubbish'])
    await backend.until(() => backend.sockets.size === 0)
    assert.equal(backend.connections, 1)
  })
}

for (const [what, bytes] of [
  ['an eleventh 1xx', `${'HTTP/1.1 102 X\r\n\r\n'.repeat(11)}${ok}`],
  ['an eleventh 100', `${'HTTP/1.1 100 X\r\n\r\n'.repeat(11)}${ok}`],
  ['a thousand of them', `${'HTTP/1.1 100 X\r\n\r\n'.repeat(1_000)}${ok}`],
  ['a 100 that does not end', `HTTP/1.1 100 X\r\nX: ${'x'.repeat(100_000)}`],
] as const) {
  test(`${what} is backend-rubbish [F7]`, async () => {
    await using backend = await RawBackend.start((socket) => socket.write(bytes))
    await using forwarder = new TestForwarder()
    const { resetCode, informed } = await forwarder.ask(backend.origin)
    assert.equal(resetCode, 'backend-rubbish')
    assert.ok(informed.length <= 10)
  })
}

for (const [what, chunk] of [
  ['a chunk size that is none', 'zz\r\nhi\r\n'],
  ['a chunk size beyond all measure', 'ffffffffffffffffff\r\nhi'],
  ['a chunk longer than its size', '2\r\nhi!\r\n0\r\n\r\n'],
] as const) {
  test(`${what} aborts the answer as backend-rubbish [F7]`, async () => {
    await using backend = await RawBackend.start((socket) => {
      socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n${chunk}`)
    })
    await using forwarder = new TestForwarder()
    const { ended, resetCode } = await forwarder.ask(backend.origin)
    assert.deepEqual([ended, resetCode], [false, 'backend-rubbish'])
  })
}

for (const [what, bytes, method, status, text] of [
  ['a body longer than declared', `${head}Content-Length: 2\r\n\r\nhi and more`, 'GET', 200, 'hi'],
  ['a second answer', `${ok}${ok.replace('hi', 'no')}`, 'GET', 200, 'hi'],
  ['a body on 204', 'HTTP/1.1 204 X\r\nContent-Length: 2\r\n\r\nno', 'GET', 204, ''],
  [
    'chunks on 204',
    'HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n',
    'GET',
    204,
    '',
  ],
  ['a body on 304', 'HTTP/1.1 304 X\r\nContent-Length: 2\r\n\r\nno', 'GET', 304, ''],
  ['a body on HEAD', ok.replace('hi', 'no'), 'HEAD', 200, ''],
] as const) {
  test(`${what} is dropped and its connection never used again [F8]`, async () => {
    await using backend = await RawBackend.start((socket) => socket.write(bytes))
    await using forwarder = new TestForwarder()
    const stream = await forwarder.ask(backend.origin, { method })
    assert.deepEqual([stream.status, stream.text], [status, text])
    assert.ok(!stream.headers.includes('Content-Length') || status !== 204)
    await backend.until(() => backend.sockets.size === 0)
  })
}

test('whatever bytes a backend sends, the exchange ends and nothing throws [F7]', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      head,
      'HTTP/1.1 ',
      '100 X\r\n',
      '101 X\r\nUpgrade: x\r\n',
      '204 X\r\n',
      '\r\n',
      '\r\n\r\n',
    ),
    fc.constantFrom(
      'Content-Length: 2\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Connection: close\r\n',
    ),
    fc.constantFrom('2\r\nhi\r\n', '0\r\n\r\n', 'hi', '\0', '\n', 'X: \xff\r\n'),
    fc.string({ unit: 'binary-ascii', maxLength: 20 }),
  )
  await using forwarder = new TestForwarder()
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
      await using backend = await RawBackend.start((socket) => {
        socket.end(Buffer.from(pieces.join(''), 'latin1'))
      })
      const { ended, resetCode } = await forwarder.ask(backend.origin, { method: 'POST' })
      assert.ok(ended !== (resetCode !== undefined))
    }),
    { numRuns: 300 },
  )
})
