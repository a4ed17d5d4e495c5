import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { Exchange } from './exchange.ts'
import { Http1Reply } from './reply-http1.ts'
import { readRequest } from './request.ts'

const kibibyte = 1024

/** The exchange of a form that was posted, with its body in the test's hand. */
function receiveForm() {
  const request = readRequest({
    method: 'POST',
    target: '/.sallyport/hand-over',
    scheme: 'https',
    authority: undefined,
    headers: ['Host', 'app.contoso.test', 'Transfer-Encoding', 'chunked'],
    http2: false,
    bodyAnnounced: true,
    serverName: undefined,
    peer: '203.0.113.7',
  })
  assert.ok(!('because' in request))
  const body = new PassThrough()
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  return { body, exchange: new Exchange(request, body, new Http1Reply(response, '1.1')) }
}

test('readBody() gives back 64 KiB that come in pieces [S1]', async () => {
  const { body, exchange } = receiveForm()
  const text = exchange.readBody()
  for (let i = 0; i < 64; i++) body.write('é'.repeat(kibibyte / 2))
  body.end()
  assert.equal(await text, 'é'.repeat(32 * kibibyte))
})

test('readBody() refuses one byte more, and leaves the stream to the answer [F7]', async () => {
  const { body, exchange } = receiveForm()
  body.write('x'.repeat(64 * kibibyte + 1))
  await assert.rejects(exchange.readBody(), { code: 'too-large', status: 413 })
  assert.ok(!body.destroyed)
})

test('readBody() gives up a body that does not come within 30 seconds [F8]', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { body, exchange } = receiveForm()
  const refused = assert.rejects(exchange.readBody(), { code: 'malformed-request', status: 400 })
  body.write('a')
  t.mock.timers.tick(29_999)
  assert.ok(!body.destroyed)
  t.mock.timers.tick(1)
  await refused
})

test('readBody() tells a body that breaks off from one that ends [F8]', async () => {
  const { body, exchange } = receiveForm()
  const refused = assert.rejects(exchange.readBody(), { code: 'malformed-request' })
  body.write('a')
  body.destroy()
  await refused
})
