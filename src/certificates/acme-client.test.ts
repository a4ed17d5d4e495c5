import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer as createNet, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { freePort } from '../../test/free-port.ts'
import { type Pebble, startPebble } from '../../test/pebble.ts'
import { silentLog } from '../base/log.ts'
import { AcmeClient, type AcmeServer, type Proof } from './acme-client.ts'
import { AcmeProblem } from './acme-transport.ts'
import { requestCertificate } from './certificate-request.ts'
import { ChallengePort } from './challenge-port.ts'

const never = new AbortController().signal

/** A TLS port and an HTTP port that answer challenges, and a Pebble that asks there. */
const challengePort = new ChallengePort(silentLog)
const ordinary: Socket[] = []
const tls = createNet((socket) => {
  challengePort.admit(socket, () => {
    ordinary.push(socket)
    socket.on('error', () => {}).destroy()
  })
})
const http = createHttp((request, response) => {
  const token = /^\/\.well-known\/acme-challenge\/(.+)$/.exec(request.url ?? '')?.[1]
  response.end(challengePort.keyAuthorization(token ?? '') ?? '')
})
for (const server of [tls, http]) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
}
const portOf = (server: typeof tls | typeof http) => (server.address() as AddressInfo).port
const key = Buffer.from('a key for the account of a web site').toString('base64url')
const pebble = await startPebble({ tlsPort: portOf(tls), httpPort: portOf(http) })
const binding = await startPebble({ tlsPort: portOf(tls), externalAccounts: { 'kid-1': key } })
after(() => Promise.all([pebble[Symbol.asyncDispose](), binding[Symbol.asyncDispose]()]))

function newClient(at: Pebble, changes: Partial<AcmeServer> = {}): AcmeClient {
  const { directoryUrl, caPem } = at
  const contact = 'admin@contoso.test'
  const server = { directoryUrl, caPem, contact, externalAccount: undefined, ...changes }
  const accountKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  return new AcmeClient(server, accountKey, undefined, never)
}

async function order(client: AcmeClient, host: string, challenge: Proof['type']) {
  const { key: privateKey, request } = await requestCertificate(host)
  const proofs: Proof[] = []
  const chain = await client.obtain({
    host,
    request,
    challenges: [challenge],
    async prove(proof) {
      proofs.push(proof)
      challengePort.apply([{ host, ...proof, expiresAt: 0 }])
    },
  })
  return { chain, privateKey, proofs }
}

for (const type of ['tls-alpn-01', 'http-01'] as const) {
  test(`a certificate is issued by a real ACME server over ${type} [P11]`, async () => {
    await using client = newClient(pebble)
    const host = `${type}.contoso.test`
    const { chain, privateKey, proofs } = await order(client, host, type)
    assert.equal(proofs[0]?.type, type)
    const certificate = new X509Certificate(chain) // the first of them
    assert.equal(certificate.subjectAltName, `DNS:${host}`)
    assert.ok(certificate.checkPrivateKey(createPrivateKey(privateKey)))
    assert.match(client.accountUrl ?? '', /^https:/)
  })
}

test('several orders of one account follow each other, refused nonces and all [P11]', async () => {
  await using client = newClient(pebble)
  for (let i = 0; i < 8; i++) await order(client, `n${i}.contoso.test`, 'tls-alpn-01')
  assert.equal(ordinary.length, 0, 'no validation was taken for a person')
})

test('a challenge that is not found fails with the words of the authority [P11]', async () => {
  await using client = newClient(pebble)
  const { request } = await requestCertificate('lost.contoso.test')
  const wish = { host: 'lost.contoso.test', request, prove: async () => challengePort.apply([]) }
  const ordered = client.obtain({ ...wish, challenges: ['tls-alpn-01'] })
  await assert.rejects(ordered, (error: unknown) => {
    assert.ok(error instanceof AcmeProblem)
    assert.ok(['connection', 'tls', 'unauthorized'].includes(error.type), error.type)
    return error.message.length > 10
  })
})

test('an account is bound to one of the web site where the authority wants that [P11]', async () => {
  await using without = newClient(binding)
  await assert.rejects(without.register(), AcmeProblem)
  await using bound = newClient(binding, { externalAccount: { keyId: 'kid-1', key } })
  await order(bound, 'eab.contoso.test', 'tls-alpn-01')
})

test('an account that the server has forgotten is registered anew [P11]', async () => {
  const { directoryUrl, caPem } = pebble
  const server = { directoryUrl, caPem, contact: undefined, externalAccount: undefined }
  const accountKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const forgotten = directoryUrl.replace('/dir', '/my-account/4711')
  await using client = new AcmeClient(server, accountKey, forgotten, never)
  await order(client, 'again.contoso.test', 'tls-alpn-01')
  assert.notEqual(client.accountUrl, forgotten)
})

const closed = await freePort()
const wrong = [
  ['cannot be reached', { directoryUrl: `https://localhost:${closed}/dir` }, 'unreachable'],
  ['is not trusted', { caPem: undefined }, 'unreachable'],
  [
    'is no ACME server',
    { directoryUrl: pebble.directoryUrl.replace('/dir', '/roots/0') },
    undefined,
  ],
  ['is not reached over TLS', { directoryUrl: 'http://localhost/dir' }, 'unreadable'],
] as const
for (const [what, changes, type] of wrong) {
  test(`a server that ${what} is a problem with a name [P11]`, async () => {
    await using client = newClient(pebble, changes)
    await assert.rejects(client.register(), (error: unknown) => {
      assert.ok(error instanceof AcmeProblem)
      return type === undefined || error.type === type
    })
  })
}
