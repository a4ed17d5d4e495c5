import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { parseClientHello } from './client-hello.ts'
import { writeClientHello } from './fixture-client-hello.ts'

const named = [{ type: 0, name: Buffer.from('app.contoso.test') }]
const expected = { serverName: 'app.contoso.test', protocols: ['h2', 'acme-tls/1'] }

test('a hello is read whole and in pieces, whatever records it comes in [P11]', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(400), (recordBytes, cut) => {
      const bytes = writeClientHello({ serverNames: named, alpn: expected.protocols, recordBytes })
      assert.deepEqual(parseClientHello(bytes), expected)
      assert.deepEqual(parseClientHello(Buffer.concat([bytes, Buffer.from([1, 2, 3])])), expected)
      if (cut < bytes.length) assert.equal(parseClientHello(bytes.subarray(0, cut)), 'more')
    }),
  )
})

test('a hello without extensions says nothing, and other bytes are unknown [P11]', () => {
  const nothing = { serverName: undefined, protocols: [] }
  assert.deepEqual(parseClientHello(writeClientHello({})), nothing)
  assert.equal(parseClientHello(Buffer.from('GET / HTTP/1.1\r\n\r\n')), 'unknown')
  assert.equal(parseClientHello(Buffer.from([0x16, 3, 1, 0, 0])), 'unknown')
  assert.equal(parseClientHello(Buffer.from([0x16, 3, 1, 0, 4, 2, 0, 0, 0])), 'unknown')
  assert.equal(parseClientHello(Buffer.from([0x16, 3, 1, 0, 4, 1, 255, 0, 0])), 'unknown')
})

test('no bytes make it throw or ask for more than a hello can be [P11]', () => {
  const good = writeClientHello({ serverNames: named, alpn: ['h2'] })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.uint8Array({ maxLength: 64 }),
      (changes, tail) => {
        const bytes = Buffer.concat([good, tail])
        for (const [at, byte] of changes) bytes[at] = byte
        parseClientHello(bytes)
        parseClientHello(Buffer.from(tail))
      },
    ),
    { numRuns: 2_000 },
  )
  assert.equal(
    parseClientHello(Buffer.alloc(40_000, Buffer.from([0x16, 3, 1, 0, 1, 1]))),
    'unknown',
  )
})

test("what Node's own client says is read [P11]", async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const options = { host: '127.0.0.1', port, servername: 'a.test', ALPNProtocols: ['h2', 'x'] }
  const client = connect(options).on('error', () => {})
  const [socket] = await once(server, 'connection')
  const [bytes] = await once(socket, 'data')
  assert.deepEqual(parseClientHello(bytes), { serverName: 'a.test', protocols: ['h2', 'x'] })
  client.destroy()
  socket.destroy()
  server.close()
})
