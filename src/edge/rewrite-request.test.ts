import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fieldValue, fieldValues } from '../http/headers.ts'
import { foldHeaderName } from '../publishing/identity-header.ts'
import { type EdgeRequest, readRequest } from './request.ts'
import { rewriteRequest, rewriteTrailers } from './rewrite-request.ts'

const onward = {
  host: '10.0.0.5:8080',
  origin: 'http://10.0.0.5:8080',
  way: {
    hops: ['203.0.113.7'],
    host: 'App.contoso.test:8443',
    proto: 'https',
    port: '8443',
  },
  identityNames: undefined,
  identity: [],
  withoutAuthorization: false,
} as const

const head = {
  method: 'GET',
  target: '/',
  scheme: 'https',
  authority: undefined,
  headers: ['Host', 'App.contoso.test:8443'],
  http2: false,
  bodyAnnounced: false,
  serverName: undefined,
  connection: {},
  port: 8443,
  peer: '203.0.113.7',
} as const

function rewritten(...headers: string[]): string[] {
  const request = readRequest({ ...head, headers: [...head.headers, ...headers] })
  return rewriteRequest(request as EdgeRequest, onward)
}

test('the application sees its own Host and who asked for what at the edge [F2]', () => {
  const fields = rewritten()
  assert.deepEqual(fieldValues(fields, 'host'), ['10.0.0.5:8080'])
  assert.deepEqual(fieldValues(fields, 'x-forwarded-for'), ['203.0.113.7'])
  assert.deepEqual(fieldValues(fields, 'x-forwarded-host'), ['App.contoso.test:8443'])
  assert.deepEqual(fieldValues(fields, 'x-forwarded-proto'), ['https'])
  assert.deepEqual(fieldValues(fields, 'x-forwarded-port'), ['8443'])
  assert.deepEqual(fieldValues(fields, 'forwarded'), [
    'for=203.0.113.7;host="App.contoso.test:8443";proto=https',
  ])
})

const spoofed = [
  'X-Forwarded-For',
  'x-forwarded-host',
  'X-Forwarded-Proto',
  'Forwarded',
  'X-Real-IP',
  'X-Request-Id',
  'Remote-User',
  'X-Forwarded-User',
  'X_Forwarded_User',
  'X.Forwarded.User',
  'X-MS-CLIENT-PRINCIPAL',
  'X-Original-URL',
]
for (const name of spoofed) {
  test(`a client's ${name} never reaches the application [F2] [S12]`, () => {
    assert.ok(!rewritten(name, 'evil', name, 'evil').includes('evil'))
  })
}

const origins = [
  [
    "the page's own origin is translated together with Host",
    'https://app.contoso.test:8443',
    'http://10.0.0.5:8080',
  ],
  ['a sibling stays as it is', 'https://web.contoso.test:8443', 'https://web.contoso.test:8443'],
  ['another port stays as it is', 'https://app.contoso.test', 'https://app.contoso.test'],
  ['null stays as it is', 'null', 'null'],
] as const
for (const [what, origin, expected] of origins) {
  test(`Origin: ${what} [F2]`, () => {
    assert.deepEqual(fieldValues(rewritten('Origin', origin), 'origin'), [expected])
  })
}

test('Origin stays where Host does [F2]', () => {
  const origin = 'https://app.contoso.test:8443'
  const request = readRequest({ ...head, headers: [...head.headers, 'Origin', origin] })
  const fields = rewriteRequest(request as EdgeRequest, { ...onward, origin: undefined })
  assert.deepEqual(fieldValues(fields, 'origin'), [origin])
})

test('fields of the client stay in order, with repeats and letter case [F1]', () => {
  const fields = rewritten('X-A', '1', 'x-b', '2', 'X-A', '3', 'Authorization', 'Basic x')
  assert.deepEqual(fields.slice(2, 10), [
    'X-A',
    '1',
    'x-b',
    '2',
    'X-A',
    '3',
    'Authorization',
    'Basic x',
  ])
})

test("the edge's own cookies never reach the application, others do in one field [S3]", () => {
  const fields = rewritten(
    'Cookie',
    'a=1; __Host-sallyport-1234abcd=secret; b="2"',
    'Cookie',
    'c=3; sallyport-1234abcd=secret',
  )
  assert.deepEqual(fieldValues(fields, 'cookie'), ['a=1; b="2"; c=3'])
})

test('Connection takes away what it names, and nothing the edge adds [F8]', () => {
  const fields = rewritten(
    'Connection',
    'close, Hop, X-Forwarded-For, Cookie',
    'Hop',
    '1',
    'Cookie',
    'a=1',
  )
  assert.equal(fieldValue(fields, 'hop'), undefined)
  assert.equal(fieldValue(fields, 'connection'), undefined)
  assert.equal(fieldValue(fields, 'cookie'), 'a=1')
  assert.equal(fieldValue(fields, 'x-forwarded-for'), '203.0.113.7')
})

test('whatever the spelling, one edge-made copy of each forwarding field arrives [F2] [S12]', () => {
  const base = fc.constantFrom('x-forwarded-for', 'x-forwarded-host', 'forwarded', 'remote-user')
  const spelling = fc.tuple(base, fc.constantFrom('-', '_', '.'), fc.boolean())
  fc.assert(
    fc.property(fc.array(spelling, { maxLength: 8 }), (spellings) => {
      const headers = spellings.flatMap(([name, separator, upper]) => {
        const written = name.replaceAll('-', separator)
        return [upper ? written.toUpperCase() : written, 'evil']
      })
      assert.ok(!rewritten(...headers).includes('evil'))
    }),
  )
})

test('rewriteTrailers() keeps what may stand there, and nothing that only a head or only the edge may say [F1] [S12]', () => {
  const kept = ['x-checksum', 'abc', 'Grpc-Status', '0']
  const lost = [
    ...['content-length', '5', 'Transfer-Encoding', 'chunked', 'host', 'evil', 'cookie', 'a=b'],
    ...['authorization', 'Bearer x', 'X-Forwarded-For', '1.2.3.4', 'remote_user', 'root'],
    ...['x.user', 'root', 'bad name', 'x', 'x-split', 'a\r\nb: c', 'te', 'trailers'],
  ]
  assert.deepEqual(rewriteTrailers([...lost, ...kept, ...lost], undefined), kept)
})

const mapped = ['X-Remote-User', 'SM_USER', 'X-Groups'] as const
const identityNames = new Set(mapped.map(foldHeaderName))

test('whatever a client does to a mapped header, the application sees the one of the edge [S12]', () => {
  const spelling = fc.record({
    name: fc.constantFrom(...mapped, 'X-Sallyport-Assertion'),
    separators: fc.array(fc.constantFrom('-', '_', '.'), { minLength: 3, maxLength: 3 }),
    capitals: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
    named: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(spelling, { maxLength: 12 }), (spellings) => {
      const names = spellings.map(respell)
      const named = spellings.flatMap(({ named }, i) => (named ? [names[i] as string] : []))
      const connection = named.length > 0 ? ['Connection', named.join(', ')] : []
      const sent = [...names.flatMap((name) => [name, 'evil']), ...connection]
      const headers = [...head.headers, ...sent, ...names.flatMap((name) => [name, 'evil'])]
      const identity = ['X-Remote-User', 'ann', 'SM_USER', 'ann', 'X-Sallyport-Assertion', 'jwt']
      const request = readRequest({ ...head, headers }) as EdgeRequest
      const fields = rewriteRequest(request, { ...onward, identityNames, identity })
      assert.ok(!fields.includes('evil'))
      assert.deepEqual(fields.slice(-6), identity)
      assert.deepEqual(rewriteTrailers(sent, identityNames), [])
    }),
  )
})

function respell({
  name,
  separators,
  capitals,
}: {
  readonly name: string
  readonly separators: readonly string[]
  readonly capitals: readonly boolean[]
}): string {
  let at = 0
  const separated = name.replace(/[-_]/g, () => separators[at++] as string)
  return [...separated]
    .map((letter, i) => (capitals[i] ? letter.toUpperCase() : letter.toLowerCase()))
    .join('')
}

test("a client's X-User means nothing at an application that is told in another way, and passes [S12]", () => {
  assert.equal(fieldValue(rewritten('X-User', 'theirs'), 'x-user'), 'theirs')
})
