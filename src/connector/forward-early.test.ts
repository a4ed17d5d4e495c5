import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { listen, RawBackend, TestForwarder } from './forward-fixture.ts'

// Who speaks before his turn: backends that answer before the body, bodies that wait for the backend's word.

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'
const expecting = {
  method: 'POST',
  headers: ['Host', 'app.test', 'Expect', '100-continue', 'Content-Length', '4'],
}

test('an expectation goes to the application, and its word comes back before the body is sent [F1]', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    if (seen.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    else if (seen.endsWith('body')) socket.write(ok)
  })
  await using forwarder = new TestForwarder()
  const { stream, handler } = forwarder.send(backend.origin, expecting, '', false)
  await stream.until(() => stream.informed.length === 1)
  assert.match(backend.seen, /\r\nExpect: 100-continue\r\n.*\r\n\r\n$/)
  handler.onData(Buffer.from('body'))
  handler.onEnd([])
  await stream.over()
  assert.deepEqual(stream.informed, [{ status: 100, headers: [] }])
  assert.equal(stream.text, 'hi')
  assert.equal((await forwarder.ask(backend.origin, expecting, 'body')).text, 'hi')
  assert.equal(backend.connections, 1)
})

test('an application that refuses what is announced gets no body, and its connection is not used again [F1]', async () => {
  await using backend = await RawBackend.start((socket) => {
    socket.write('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno')
  })
  await using forwarder = new TestForwarder()
  const { stream, handler } = forwarder.send(backend.origin, expecting, '', false)
  await stream.over()
  assert.deepEqual([stream.status, stream.text], [417, 'no'])
  handler.onData(Buffer.from('body'))
  await backend.until(() => backend.sockets.size === 0)
  assert.ok(!backend.seen.includes('body'))
})

for (const expectation of ['100-Continue ,', 'x', '100-continue, foo', '']) {
  test(`an expectation ${JSON.stringify(expectation)} nobody can meet is not passed on`, async () => {
    await using backend = await RawBackend.start((socket, seen) => {
      if (seen.endsWith('body')) socket.write(ok)
    })
    await using forwarder = new TestForwarder()
    const headers = ['Host', 'app.test', 'expect', expectation, 'Content-Length', '4']
    const { stream, handler } = forwarder.send(
      backend.origin,
      { method: 'PUT', headers },
      '',
      false,
    )
    handler.onData(Buffer.from('body'))
    handler.onEnd([])
    assert.equal((await stream.over()).text, 'hi')
    assert.ok(!/expect/i.test(backend.seen))
  })
}

test('an answer begun before the body is over and ended behind it keeps both whole [F1]', async (t) => {
  const server = createServer((request, answer) => {
    answer.writeHead(200)
    request.on('data', (chunk) => answer.write(`<${chunk}>`))
    request.on('end', () => answer.end('end'))
  })
  t.after(() => server.close())
  const origin = `http://127.0.0.1:${await listen(server)}`
  await using forwarder = new TestForwarder()
  const { stream, handler } = forwarder.send(origin, { method: 'POST' }, 'a', false)
  await stream.until(() => stream.text === '<a>')
  handler.onData(Buffer.from('b'))
  await stream.until(() => stream.text === '<a><b>')
  handler.onEnd([])
  assert.equal((await stream.over()).text, '<a><b>end')
})

test('an application that refuses an upload and hangs up is heard, not only its hanging up [F1]', async () => {
  await using backend = await RawBackend.start(() => {})
  await using forwarder = new TestForwarder()
  const change = { method: 'POST', headers: ['Host', 'a', 'Content-Length', '1000000'] }
  for (let i = 0; i < 20; i++) {
    const { stream, handler } = forwarder.send(backend.origin, change, 'first', false)
    await backend.until(() => backend.seen.endsWith('first'))
    const [socket] = backend.sockets
    // Unread bytes make the kernel follow its close with a reset.
    socket?.pause()
    handler.onData(Buffer.alloc(100_000))
    await stream.until(() => stream.granted === 100_000)
    socket?.write('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno')
    socket?.destroy()
    // Answer, close and reset lie in the kernel now, and nobody has looked.
    handler.onData(Buffer.alloc(100_000))
    await stream.over()
    assert.deepEqual([stream.status, stream.text], [413, 'no'], `${i} ${stream.calls}`)
    await backend.until(() => backend.sockets.size === 0)
    backend.seen = ''
  }
})
