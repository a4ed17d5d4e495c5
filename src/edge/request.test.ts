import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ReceivedHead, readRequest } from './request.ts'
import { isForeign } from './request-kind.ts'

const good: ReceivedHead = {
  method: 'GET',
  target: '/a?b=c',
  scheme: 'https',
  authority: undefined,
  headers: ['Host', 'app.contoso.test:8443', 'Accept', 'text/html'],
  http2: false,
  bodyAnnounced: false,
  serverName: undefined,
  connection: {},
  port: 8443,
  peer: '203.0.113.7',
}
const host = ['Host', 'app.contoso.test']

test('readRequest() takes a request apart once [F8]', () => {
  const request = readRequest(good)
  assert.ok(!('because' in request))
  assert.deepEqual(request.authority, {
    host: 'app.contoso.test',
    port: 8443,
    hostAndPort: 'app.contoso.test:8443',
  })
  assert.equal(request.target.path, '/a')
  assert.equal(request.fields.accept, 'text/html')
  assert.equal(request.hasBody, false)
})

test('readRequest() gives every request an id of its own [F7]', () => {
  const ids = new Set(Array.from({ length: 100 }, () => (readRequest(good) as { id: string }).id))
  assert.equal(ids.size, 100)
})

for (const [origin, foreign] of [
  [undefined, false],
  ['https://app.contoso.test:8443', false],
  ['https://app.contoso.test', true],
  ['null', true],
  ['', true],
] as const) {
  test(`an Origin of ${JSON.stringify(origin)} is ${foreign ? 'another' : 'no other'} than the host’s [F8]`, () => {
    const headers = origin === undefined ? good.headers : [...good.headers, 'Origin', origin]
    const request = readRequest({ ...good, headers })
    assert.ok(!('because' in request))
    assert.equal(isForeign(request), foreign)
  })
}

const accepted: readonly (readonly [string, Partial<ReceivedHead>])[] = [
  ['an absolute target that names the same host', { target: 'https://app.contoso.test:8443/x' }],
  ['a WebDAV method', { method: 'PROPFIND' }],
  ['a method of somebody else', { method: 'BITS_POST' }],
  ['a method that Fetch leaves as it is written', { method: 'patCH' }],
  ['a proper Expect', { headers: [...host, 'Expect', '100-Continue'] }],
  ['Chunked in any letter case', { headers: [...host, 'Transfer-Encoding', 'Chunked'] }],
  ['the host of HTTP/2', { authority: 'app.contoso.test', headers: [], http2: true }],
  ['a field value of 7 kB', { headers: [...host, 'X-Long', 'a'.repeat(7000)] }],
  ['obs-text in values', { headers: [...host, 'X-Name', 'caf\u00e9'] }],
  ['128 fields', { headers: [...host, ...Array(127).fill(['A', 'b']).flat()] }],
]
for (const [what, change] of accepted) {
  test(`readRequest() takes ${what} [F8]`, () => {
    const request = readRequest({ ...good, ...change })
    assert.ok(!('because' in request), JSON.stringify(request))
  })
}

const refused: readonly (readonly [string, Partial<ReceivedHead>, number])[] = [
  ['no host', { headers: [] }, 400],
  ['get', { method: 'get' }, 501],
  ['Post', { method: 'Post' }, 501],
  ['the rest of a body in front of a method', { method: 'helloGET' }, 400],
  ['a length by another name', { headers: [...host, 'Content_Length', '5'] }, 400],
  ['a coding by another name', { headers: [...host, 'transfer.encoding', 'chunked'] }, 400],
  ['two hosts', { headers: [...host, ...host] }, 400],
  ['a list of hosts', { headers: ['Host', 'a.test, b.test'] }, 400],
  ['a host with a user', { headers: ['Host', 'user@a.test'] }, 400],
  [
    'a host unlike :authority',
    { authority: 'a.test', headers: ['host', 'b.test'], http2: true },
    400,
  ],
  ['an absolute target for another host', { target: 'https://other.test/x' }, 400],
  [
    'an absolute target with a longer host',
    { target: 'https://app.contoso.test:8443.evil/x' },
    400,
  ],
  [
    'two origins',
    { headers: [...host, 'Origin', 'https://a.test', 'origin', 'https://a.test'] },
    400,
  ],
  ['two lengths', { headers: [...host, 'Content-Length', '5', 'Content-Length', '5'] }, 400],
  [
    'a length and chunks',
    { headers: [...host, 'Content-Length', '5', 'Transfer-Encoding', 'chunked'] },
    400,
  ],
  ['a list of lengths', { headers: [...host, 'Content-Length', '5, 5'] }, 400],
  ['a signed length', { headers: [...host, 'Content-Length', '+5'] }, 400],
  ['a length beyond 2^53', { headers: [...host, 'Content-Length', '9007199254740993'] }, 400],
  ['an unknown coding', { headers: [...host, 'Transfer-Encoding', 'gzip, chunked'] }, 501],
  ['a coding with NBSP', { headers: [...host, 'Transfer-Encoding', '\u00a0chunked'] }, 501],
  [
    'two codings',
    { headers: [...host, 'Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'identity'] },
    400,
  ],
  [
    'chunks over HTTP/2',
    { headers: ['transfer-encoding', 'chunked'], authority: 'a.test', http2: true },
    400,
  ],
  ['another Expect', { headers: [...host, 'Expect', 'y 100-continue'] }, 417],
  ['CONNECT', { method: 'CONNECT' }, 405],
  ['TRACE', { method: 'TRACE' }, 405],
  ['a method that is no token', { method: 'GE T' }, 501],
  ['a field name that is no token', { headers: [...host, 'A b', 'c'] }, 400],
  ['129 fields', { headers: [...host, ...Array(128).fill(['A', 'b']).flat()] }, 431],
  ['64 KiB of fields', { headers: [...host, 'A', 'b'.repeat(65_536)] }, 431],
  ['a dot segment', { target: '/a/../b' }, 400],
  ['9 kB of target', { target: `/${'a'.repeat(9000)}` }, 414],
]
for (const [what, change, status] of refused) {
  test(`readRequest() refuses ${what} with ${status} [F8]`, () => {
    const request = readRequest({ ...good, ...change })
    assert.ok('because' in request)
    assert.equal(request.status, status)
  })
}

test('readRequest() never throws, whatever the head [F8]', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  fc.assert(
    fc.property(text, text, fc.array(text, { maxLength: 20 }), (method, target, headers) => {
      const pairs = headers.length % 2 === 0 ? headers : headers.slice(1)
      readRequest({ ...good, method, target, headers: pairs })
    }),
  )
})
