import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { listen, RawBackend, TestForwarder } from './forward-fixture.ts'

function answer(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

// A thread that never gets so far fails its test, however busy the machine is.
const poisonMaxMs = 30_000

function blockEventLoop(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

// CVE-2026-48931 and CVE-2026-105481: http.Agent gave an answer nobody asked for to the next request on its connection.
test('an answer nobody asked for is not given to the next request, even when the loop was blocked', async () => {
  await using backend = await RawBackend.start((socket, seen) => {
    const path = seen.slice(seen.lastIndexOf('GET ')).split(' ', 2)[1] ?? ''
    socket.write(answer(path))
  })
  await using forwarder = new TestForwarder()
  for (const delayTurns of [0, 1, 2, 5]) {
    assert.equal((await forwarder.ask(backend.origin, { target: '/first' })).text, '/first')
    for (let i = 0; i < delayTurns; i++) await new Promise((turn) => setImmediate(turn))
    for (const socket of backend.sockets) socket.write(answer('POISON'))
    blockEventLoop(100)
    assert.equal((await forwarder.ask(backend.origin, { target: '/second' })).text, '/second')
  }
})

test('an answer that waits on the socket while the loop is blocked is not given to the next request', async (t) => {
  // On a thread of its own, so that the poison is in the kernel while we block.
  const script = `
    const { parentPort, workerData } = require('node:worker_threads')
    const net = require('node:net')
    const answer = (body) => 'HTTP/1.1 200 OK\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body
    const sockets = new Set()
    const server = net.createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
      socket.on('data', (data) => socket.write(answer(String(data).split(' ')[1])))
    })
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
    parentPort.on('message', async () => {
      const write = (socket) => new Promise((written) => socket.write(answer('POISON'), written))
      await Promise.all([...sockets].map(write))
      Atomics.add(workerData, 0, 1)
      Atomics.notify(workerData, 0)
    })`
  const poisoned = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(script, { eval: true, workerData: poisoned })
  t.after(() => worker.terminate())
  const [port] = await once(worker, 'message')
  const origin = `http://127.0.0.1:${port}`
  await using forwarder = new TestForwarder()
  for (let i = 0; i < 3; i++) {
    assert.equal((await forwarder.ask(origin, { target: `/${i}` })).text, `/${i}`)
    await new Promise((turn) => setImmediate(turn))
    worker.postMessage('poison')
    assert.notEqual(Atomics.wait(poisoned, 0, i, poisonMaxMs), 'timed-out')
    // What one thread has written may take a moment to lie with the other.
    blockEventLoop(200)
    assert.equal((await forwarder.ask(origin, { target: `/next${i}` })).text, `/next${i}`)
  }
})

test('10,000 requests over shared connections each get their own answer', async (t) => {
  const server = createServer((request, reply) => {
    if (Math.random() < 0.01) request.socket.destroy()
    else reply.end(request.url)
  })
  t.after(() => server.close())
  const origin = `http://127.0.0.1:${await listen(server)}`
  await using forwarder = new TestForwarder()
  let next = 0
  let answered = 0
  const client = async (): Promise<void> => {
    while (next < 10_000) {
      const target = `/${next++}`
      const { ended, text } = await forwarder.ask(origin, { target })
      if (!ended) continue
      answered++
      assert.equal(text, target)
    }
  }
  await Promise.all(Array.from({ length: 64 }, client))
  // One in a hundred connections is closed under a GET, and each is tried twice.
  assert.ok(answered > 9_950, `${answered} answered`)
})
