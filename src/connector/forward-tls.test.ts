import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:https'
import { after, before, test } from 'node:test'
import {
  createTestAuthority,
  type TestAuthority,
  type TestIdentity,
} from '../tunnel/test-authority.ts'
import { listen, RawBackend, TestForwarder } from './forward-fixture.ts'

/** An https server with that identity; each answer says which server name the client asked for. */
function createBackend({ certPem, keyPem }: TestIdentity): Server {
  return createServer({ cert: certPem, key: keyPem }, (request, answer) => {
    answer.end(`${request.headers.host} ${(request.socket as { servername?: unknown }).servername}`)
  })
}

let authority: TestAuthority
const servers: Server[] = []
const ports: Record<string, number> = {}

before(async () => {
  authority = await createTestAuthority()
  const stranger = await createTestAuthority('Stranger')
  const identities = {
    good: await authority.issue(['localhost', '127.0.0.1']),
    'of another authority': await stranger.issue(['localhost', '127.0.0.1']),
    expired: await authority.issue(['localhost'], { expired: true }),
    'for another name': await authority.issue(['other.test']),
  }
  for (const [name, identity] of Object.entries(identities)) {
    const server = createBackend(identity)
    servers.push(server)
    ports[name] = await listen(server)
  }
})

after(() => {
  for (const server of servers) server.close()
})

const cases = [
  ['good', 'localhost', true, true, undefined],
  ['good', '127.0.0.1', true, true, undefined],
  ['good', 'localhost', false, true, 'backend-certificate'],
  ['of another authority', 'localhost', true, true, 'backend-certificate'],
  ['expired', 'localhost', true, true, 'backend-certificate'],
  ['for another name', 'localhost', true, true, 'backend-certificate'],
  ['for another name', '127.0.0.1', true, true, 'backend-certificate'],
  ['of another authority', 'localhost', false, false, undefined],
  ['expired', 'localhost', false, false, undefined],
  ['for another name', '127.0.0.1', false, false, undefined],
] as const

for (const [name, host, trusted, verifyCertificate, code] of cases) {
  const how = `${trusted ? 'trusting' : 'not trusting'} its authority, ${verifyCertificate ? '' : 'not '}checking`
  test(`a certificate that is ${name}, asked for as ${host}, ${how}: ${code ?? 'fine'} [F6]`, async () => {
    const ca = trusted ? [authority.caPem] : []
    await using forwarder = new TestForwarder({ ca })
    const origin = `https://${host}:${ports[name]}`
    const { resetCode } = await forwarder.ask(origin, { verifyCertificate })
    assert.equal(resetCode, code)
  })
}

test('whether certificates are checked is decided for each request, also on a kept connection [F6]', async () => {
  await using forwarder = new TestForwarder()
  const origin = `https://localhost:${ports['of another authority']}`
  for (let i = 0; i < 3; i++) {
    const lax = await forwarder.ask(origin, { verifyCertificate: false })
    const strict = await forwarder.ask(origin, { verifyCertificate: true })
    assert.deepEqual([lax.status, strict.resetCode], [200, 'backend-certificate'])
  }
})

test('the certificate is that of the internal host, whatever Host says [F2] [F6]', async () => {
  await using forwarder = new TestForwarder({ ca: [authority.caPem] })
  for (const host of ['app.example', 'other.test', '127.0.0.1', 'localhost']) {
    const headers = ['Host', host]
    const { text } = await forwarder.ask(`https://localhost:${ports['good']}`, { headers })
    assert.equal(text, `${host} localhost`)
  }
})

test('a private authority that is no certificate is refused at the start [F6]', () => {
  for (const ca of ['', 'x', '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n']) {
    assert.throws(() => new TestForwarder({ ca: [ca] }), { code: 'invalid' })
  }
})

test('https on the port of an http backend is no certificate fault [F7]', async () => {
  await using backend = await RawBackend.start((socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n'))
  await using forwarder = new TestForwarder()
  const { resetCode } = await forwarder.ask(backend.origin.replace('http:', 'https:'))
  assert.equal(resetCode, 'backend-rubbish')
})
