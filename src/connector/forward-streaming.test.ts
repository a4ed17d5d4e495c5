import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { listen, RawBackend, RecordedStream, TestForwarder } from './forward-fixture.ts'

const mebibyte = 1_048_576
const block = randomBytes(mebibyte)
// Far more than kernels buffer on the way: 32 MiB at the receiver (tcp_rmem), 4 MiB at the sender (tcp_wmem).
const blocks = 64
const windowBytes = 262_144

/** What 64 MiB may keep in memory at any time: the buffers of two sockets, but never the body. */
const memoryAllowance = 16 * mebibyte

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function checksum(): string {
  const hash = createHash('sha256')
  for (let i = 0; i < blocks; i++) hash.update(block)
  return hash.digest('hex')
}

function keptBytes(): number {
  collectGarbage()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

for (const framing of ['Content-Length', 'chunked'] as const) {
  test(`64 MiB down by ${framing} arrive whole in little memory [F1]`, async (t) => {
    const server = createServer(async (_, answer) => {
      if (framing === 'Content-Length') answer.setHeader('Content-Length', blocks * mebibyte)
      for (let i = 0; i < blocks; i++) {
        if (!answer.write(block)) await once(answer, 'drain')
      }
      answer.end()
    })
    t.after(() => server.close())
    const origin = `http://127.0.0.1:${await listen(server)}`
    await using forwarder = new TestForwarder()
    const hash = createHash('sha256')
    const stream = new RecordedStream()
    stream.window = windowBytes
    const before = keptBytes()
    let peak = 0
    // The edge takes what is in the window once a turn.
    stream.onChunk = (chunk) => {
      hash.update(chunk)
      if (stream.received < stream.window) return
      setImmediate(() => {
        if (stream.window % (8 * mebibyte) === 0) peak = Math.max(peak, keptBytes() - before)
        stream.window += windowBytes
        stream.onDrain?.()
      })
    }
    await forwarder.send(origin, {}, '', true, stream).stream.over()
    assert.equal(stream.received, blocks * mebibyte)
    assert.equal(hash.digest('hex'), checksum())
    assert.ok(peak < memoryAllowance, `${peak} bytes`)
  })

  test(`64 MiB up by ${framing} arrive whole in little memory [F1]`, async (t) => {
    const hash = createHash('sha256')
    const server = createServer(async (request, answer) => {
      for await (const chunk of request) hash.update(chunk)
      answer.end(JSON.stringify(request.headers))
    })
    t.after(() => server.close())
    const origin = `http://127.0.0.1:${await listen(server)}`
    await using forwarder = new TestForwarder()
    const length = framing === 'chunked' ? [] : ['Content-Length', String(blocks * mebibyte)]
    const change = {
      method: 'PUT',
      headers: ['Host', 'app.test', ...length],
      headTimeoutMs: 20_000,
    }
    const { stream, handler } = forwarder.send(origin, change, '', false)
    const before = keptBytes()
    let peak = 0
    let sent = 0
    for (let offset = 0; sent < blocks * mebibyte; offset = sent % mebibyte) {
      const chunk = block.subarray(offset, offset + 65_536)
      handler.onData(chunk)
      sent += chunk.length
      if (sent % (8 * mebibyte) === 0) peak = Math.max(peak, keptBytes() - before)
      await stream.until(() => sent - stream.granted < windowBytes)
    }
    handler.onEnd([])
    const { text } = await stream.over()
    assert.equal(hash.digest('hex'), checksum())
    const header =
      framing === 'chunked' ? '"transfer-encoding":"chunked"' : '"content-length":"67108864"'
    assert.ok(text.includes(header), text)
    assert.ok(peak < memoryAllowance, `${peak} bytes`)
  })
}

test('events of an event stream leave one by one [F1]', async () => {
  const { promise: open, resolve: opened } = Promise.withResolvers<Socket>()
  await using backend = await RawBackend.start((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n', () => opened(socket))
  })
  await using forwarder = new TestForwarder()
  const { stream } = forwarder.send(backend.origin)
  await stream.until(() => stream.status === 200)
  const socket = await open
  let expected = ''
  for (let i = 0; i < 5; i++) {
    const event = `data: ${i}\n\n`
    expected += event
    socket.write(event)
    await stream.until(() => stream.text === expected)
  }
  socket.end()
  await stream.over()
  assert.deepEqual(stream.calls, ['answer 200', ...Array(5).fill('write'), 'end'])
})

test('a slow reader holds the backend back, and gets everything in the end [F1]', async (t) => {
  let written = 0
  const server = createServer(async (_, answer) => {
    for (let i = 0; i < blocks; i++) {
      written += block.length
      if (!answer.write(block)) await once(answer, 'drain')
    }
    answer.end()
  })
  t.after(() => server.close())
  const origin = `http://127.0.0.1:${await listen(server)}`
  await using forwarder = new TestForwarder()
  const stream = new RecordedStream()
  stream.window = 1
  forwarder.send(origin, {}, '', true, stream)
  await stream.until(() => stream.received > 1)
  // Until nothing moves any more: the kernel's buffers are full.
  let last = -1
  while (last !== written) {
    last = written
    await new Promise((later) => setTimeout(later, 50))
  }
  assert.ok(stream.received < mebibyte, `${stream.received} bytes went through`)
  assert.ok(written < blocks * mebibyte, 'the backend was never held back')
  stream.window = Number.POSITIVE_INFINITY
  stream.onDrain?.()
  await stream.over()
  assert.equal(stream.received, blocks * mebibyte)
})

test('a backend that does not read holds the edge back [F1]', async (t) => {
  const { promise: heldBack, resolve: read } = Promise.withResolvers<void>()
  const server = createServer(async (request, answer) => {
    await heldBack
    request.resume().on('end', () => answer.end('hi'))
  })
  t.after(() => server.close())
  const origin = `http://127.0.0.1:${await listen(server)}`
  await using forwarder = new TestForwarder()
  const { stream, handler } = forwarder.send(origin, { method: 'POST' }, '', false)
  let owed = 0
  for (let i = 0; i < blocks; i++) {
    handler.onData(block)
    await new Promise((turn) => setImmediate(turn))
    owed = Math.max(owed, (i + 1) * mebibyte - stream.granted)
  }
  assert.ok(owed > 8 * mebibyte, `only ${owed} bytes were held back`)
  read()
  handler.onEnd([])
  assert.equal((await stream.over()).text, 'hi')
  assert.equal(stream.granted, blocks * mebibyte)
})
