import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect as connectNet, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect, createServer as createTls } from 'node:tls'
import { silentLog } from '../base/log.ts'
import { ChallengePort } from './challenge-port.ts'
import { TestAuthority } from './fixture-authority.ts'
import { writeClientHello } from './fixture-client-hello.ts'

const authority = await TestAuthority.create()
const { certificate: cert, key } = await authority.issue(['app.contoso.test'])
const challenge = { host: 'app.contoso.test', token: 't', keyAuthorization: 't.k', expiresAt: 0 }

/** A port for everybody that answers challenges as well. */
async function openPort(t: TestContext) {
  const challenges = new ChallengePort(silentLog)
  const tls = createTls({ cert, key, ALPNProtocols: ['h2'] }, (socket) => socket.end('hello'))
  tls.on('tlsClientError', () => {})
  const sockets = new Set<Socket>()
  const net = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    challenges.admit(socket, () => tls.emit('connection', socket))
  })
  net.listen(0, '127.0.0.1')
  await once(net, 'listening')
  t.after(() => {
    net.close()
    for (const socket of sockets) socket.destroy()
  })
  const { port } = net.address() as AddressInfo
  const options = { host: '127.0.0.1', port, servername: 'app.contoso.test', ca: authority.pem }
  return { challenges, port, options }
}

async function greeting(socket: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

test('while a challenge is open its authority and everybody else are told apart [P11]', async (t) => {
  const { challenges, options } = await openPort(t)
  assert.equal(await greeting(connect({ ...options, ALPNProtocols: ['h2'] })), 'hello')
  challenges.apply([challenge])
  const people = [['h2'], [], ['h2', 'http/1.1']].map((ALPNProtocols) =>
    greeting(connect({ ...options, ALPNProtocols })),
  )
  assert.deepEqual(await Promise.all(people), ['hello', 'hello', 'hello'])
  const socket = connect({ ...options, ALPNProtocols: ['acme-tls/1'], rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  assert.equal(socket.alpnProtocol, 'acme-tls/1')
  const shown = socket.getPeerX509Certificate()
  assert.equal(shown?.subjectAltName, 'DNS:app.contoso.test')
  // RFC 8737 §3: the extension holds an OCTET STRING with the hash.
  const digest = createHash('sha256').update('t.k').digest()
  assert.ok(shown.raw.includes(Buffer.concat([Buffer.from([0x04, 0x20]), digest])))
  socket.destroy()
})

test('a challenge for another name, or one that is over, is refused [P11]', async (t) => {
  const { challenges, options } = await openPort(t)
  challenges.apply([challenge])
  const ask = (servername: string) => {
    const socket = connect({ ...options, servername, ALPNProtocols: ['acme-tls/1'] })
    return once(socket, 'secureConnect')
  }
  await assert.rejects(ask('other.contoso.test'))
  challenges.apply([])
  await assert.rejects(ask('app.contoso.test'))
  assert.equal(challenges.keyAuthorization('t'), undefined)
})

test('a person whose hello comes byte by byte is served while a challenge is open [P11]', async (t) => {
  const { challenges, port } = await openPort(t)
  challenges.apply([challenge])
  const socket = connectNet(port, '127.0.0.1').setNoDelay()
  const name = Buffer.from('app.contoso.test')
  for (const byte of writeClientHello({ serverNames: [{ type: 0, name }], recordBytes: 7 })) {
    socket.write(Buffer.from([byte]))
    await new Promise(setImmediate)
  }
  const [answer] = (await once(socket, 'data')) as [Buffer]
  assert.equal(answer[5], 2, 'a ServerHello')
  socket.destroy()
})

test('whoever says nothing, rubbish or half a hello and leaves does no harm [P11]', async (t) => {
  const { challenges, port, options } = await openPort(t)
  challenges.apply([challenge])
  for (const bytes of ['', 'GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x02\x00\x01']) {
    const socket = connectNet(port, '127.0.0.1').on('error', () => {})
    await once(socket, 'connect')
    if (bytes !== '') socket.write(Buffer.from(bytes, 'latin1'))
    socket.resetAndDestroy()
    await once(socket, 'close')
  }
  assert.equal(await greeting(connect(options)), 'hello')
})
