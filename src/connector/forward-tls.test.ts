// @peculiar/x509 expects the polyfill to be there before it is loaded.
import 'reflect-metadata'
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { createServer } from 'node:https'
import { after, before, test } from 'node:test'
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { listen, RawBackend, TestForwarder } from './forward-fixture.ts'

const signing = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 86_400_000

interface Identity {
  readonly certificate: X509Certificate
  readonly keys: webcrypto.CryptoKeyPair
}

/** A certificate for `names`, by `issuer` or by itself, that ends `days` from now. */
async function issue(names: readonly string[], issuer?: Identity, days = 1): Promise<Identity> {
  const keys = await webcrypto.subtle.generateKey(signing, true, ['sign', 'verify'])
  const subject = `CN=${names[0] ?? 'Private authority'}`
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date(Date.now() - 10 * dayMs),
    notAfter: new Date(Date.now() + days * dayMs),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: signing,
    extensions: [
      new BasicConstraintsExtension(names.length === 0),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: /^[0-9.]+$/.test(value) ? 'ip' : 'dns', value })),
      ),
    ],
  })
  return { certificate, keys }
}

/** An https server with that identity; each answer says which server name the client asked for. */
async function serveTls(identity: Identity) {
  const key = await webcrypto.subtle.exportKey('pkcs8', identity.keys.privateKey)
  const server = createServer(
    { cert: identity.certificate.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') },
    (request, answer) => {
      answer.end(
        `${request.headers.host} ${(request.socket as { servername?: unknown }).servername}`,
      )
    },
  )
  return { server, port: await listen(server) }
}

let authority: Identity
const servers: Awaited<ReturnType<typeof serveTls>>[] = []
const ports: Record<string, number> = {}

before(async () => {
  authority = await issue([])
  const identities = {
    good: await issue(['localhost', '127.0.0.1'], authority),
    'self-signed': await issue(['localhost', '127.0.0.1']),
    expired: await issue(['localhost'], authority, -1),
    'another name': await issue(['other.test'], authority),
  }
  for (const [name, identity] of Object.entries(identities)) {
    const started = await serveTls(identity)
    servers.push(started)
    ports[name] = started.port
  }
})

after(() => {
  for (const { server } of servers) server.close()
})

const cases = [
  ['good', 'localhost', true, true, undefined],
  ['good', '127.0.0.1', true, true, undefined],
  ['good', 'localhost', false, true, 'backend-certificate'],
  ['self-signed', 'localhost', true, true, 'backend-certificate'],
  ['expired', 'localhost', true, true, 'backend-certificate'],
  ['another name', 'localhost', true, true, 'backend-certificate'],
  ['another name', '127.0.0.1', true, true, 'backend-certificate'],
  ['self-signed', 'localhost', false, false, undefined],
  ['expired', 'localhost', false, false, undefined],
  ['another name', '127.0.0.1', false, false, undefined],
] as const

for (const [name, host, trusted, verifyCertificate, code] of cases) {
  const how = `${trusted ? 'trusting' : 'not trusting'} its authority, ${verifyCertificate ? '' : 'not '}checking`
  test(`a certificate that is ${name}, asked for as ${host}, ${how}: ${code ?? 'fine'} [F6]`, async () => {
    const ca = trusted ? [authority.certificate.toString('pem')] : []
    await using forwarder = new TestForwarder({ ca })
    const origin = `https://${host}:${ports[name]}`
    const { resetCode } = await forwarder.ask(origin, { verifyCertificate })
    assert.equal(resetCode, code)
  })
}

test('whether certificates are checked is decided for each request, also on a kept connection [F6]', async () => {
  await using forwarder = new TestForwarder()
  const origin = `https://localhost:${ports['self-signed']}`
  for (let i = 0; i < 3; i++) {
    const lax = await forwarder.ask(origin, { verifyCertificate: false })
    const strict = await forwarder.ask(origin, { verifyCertificate: true })
    assert.deepEqual([lax.status, strict.resetCode], [200, 'backend-certificate'])
  }
})

test('the certificate is that of the internal host, whatever Host says [F2] [F6]', async () => {
  await using forwarder = new TestForwarder({ ca: [authority.certificate.toString('pem')] })
  for (const host of ['app.example', 'other.test', '127.0.0.1', 'localhost']) {
    const headers = ['Host', host]
    const { text } = await forwarder.ask(`https://localhost:${ports['good']}`, { headers })
    assert.equal(text, `${host} localhost`)
  }
})

test('a private authority that is no certificate is refused at the start [F6]', () => {
  assert.throws(() => new TestForwarder({ ca: ['-----BEGIN CERTIFICATE-----\nx\n'] }))
})

test('https on the port of an http backend is no certificate fault [F7]', async () => {
  await using backend = await RawBackend.start((socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n'))
  await using forwarder = new TestForwarder()
  const { resetCode } = await forwarder.ask(backend.origin.replace('http:', 'https:'))
  assert.equal(resetCode, 'backend-rubbish')
})
