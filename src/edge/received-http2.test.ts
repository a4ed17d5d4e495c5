import assert from 'node:assert/strict'
import { test } from 'node:test'
import { receivedHttp2 } from './received-http2.ts'

const facts = { peer: '203.0.113.7', serverName: 'app.contoso.test', port: 8443 }

test('receivedHttp2() keeps order and repeats of fields, and tells the pseudo-fields apart [F1]', () => {
  const raw = [
    ...[':method', 'GET', ':authority', 'app.contoso.test', ':scheme', 'http', ':path', '/a?b'],
    ...['cookie', 'a=1', 'x', '2', 'cookie', 'b=2'],
  ]
  const { headBytes, ...head } = receivedHttp2(raw, true, facts)
  assert.deepEqual(head, {
    method: 'GET',
    target: '/a?b',
    scheme: 'https',
    authority: 'app.contoso.test',
    headers: ['cookie', 'a=1', 'x', '2', 'cookie', 'b=2'],
    http2: true,
    bodyAnnounced: true,
    ...facts,
    connection: facts,
    writtenScheme: 'http',
    protocol: undefined,
  })
  assert.equal(headBytes, raw.join('').length + 7 * 32)
})

test('receivedHttp2() leaves it to Host where :authority is empty [F8]', () => {
  const { authority } = receivedHttp2([':authority', ''], false, facts)
  assert.equal(authority, undefined)
})
