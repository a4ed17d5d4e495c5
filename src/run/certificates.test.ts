import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect as connectNet } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { isSoak } from '../../test/faults/sizes.ts'
import { publish } from '../../test/world.ts'
import { silentLog } from '../base/log.ts'
import { type IssuedPem, TestAuthority } from '../certificates/fixture-authority.ts'
import { writeClientHello } from '../certificates/fixture-client-hello.ts'
import { startEdge } from './edge.ts'
import { GraphClient } from './graph-client.ts'

const authority = await TestAuthority.create()
const path = '/onPremisesPublishingProfiles/applicationProxy/certificates'

interface Port {
  readonly port: number
  readonly ca: string
  /** Uploads a certificate; resolves to its thumbprint. */
  upload(issued: IssuedPem): Promise<string>
  remove(thumbprint: string): Promise<void>
  /** A connection; rejects when there is none. */
  shake(options: ConnectionOptions): Promise<TLSSocket>
}

/** An edge with `*.contoso.test` published. */
async function openPort(t: TestContext): Promise<Port> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-certificates-'))
  const settings = { dataDir, host: '127.0.0.1', port: 0, domain: 'contoso.test' }
  const more = { connectorHost: undefined, sessionLifetimeSeconds: 3600, trustedProxies: [] }
  const edge = await startEdge({ ...settings, ...more }, silentLog)
  const ca = readFileSync(edge.caPath, 'utf8')
  const graph = new GraphClient(edge.graph, await edge.createToken(3_600), ca)
  const { port } = edge
  const externalUrl = `https://*.contoso.test:${port}/`
  await publish(graph, 'Contoso', { externalUrl, internalUrl: 'http://*.inside.test/' })
  t.after(async () => {
    await graph.close()
    await edge.close(0)
    rmSync(dataDir, { recursive: true })
  })
  return {
    port,
    ca,
    async upload({ certificate, key }) {
      const body = { certificateChain: certificate, privateKey: key }
      return String((await graph.call('POST', path, body))?.['thumbprint'])
    },
    async remove(thumbprint) {
      await graph.call('DELETE', `${path}/${thumbprint}`)
    },
    async shake(options) {
      const socket = connect({ host: '127.0.0.1', port, ca: [authority.pem, ca], ...options })
      t.after(() => socket.destroy())
      await once(socket, 'secureConnect')
      return socket
    },
  }
}

function shownBy(socket: TLSSocket): string {
  return socket.getPeerX509Certificate()?.subjectAltName ?? ''
}

test('an uploaded certificate is shown from the next handshake on, until it is deleted [P11] [R26]', async (t) => {
  const { upload, remove, shake } = await openPort(t)
  const servername = 'app.contoso.test'
  assert.equal(shownBy(await shake({ servername })), 'DNS:*.contoso.test')
  const star = await upload(await authority.issue(['*.contoso.test', 'x.test']))
  assert.equal(shownBy(await shake({ servername })), 'DNS:*.contoso.test, DNS:x.test')
  const exact = await upload(await authority.issue([servername]))
  assert.equal(shownBy(await shake({ servername })), `DNS:${servername}`)
  assert.equal(shownBy(await shake({ servername: servername.toUpperCase() })), `DNS:${servername}`)
  await remove(exact)
  await remove(star)
  assert.equal(shownBy(await shake({ servername })), 'DNS:*.contoso.test')
})

test('a name that leads nowhere gets no certificate, whoever uploaded one for it [P5] [P11]', async (t) => {
  const { upload, shake } = await openPort(t)
  await upload(await authority.issue(['app.fabrikam.test']))
  await assert.rejects(shake({ servername: 'app.fabrikam.test' }))
})

test('connectors and clients without a name are shown the local authority always [K1] [P11]', async (t) => {
  const { upload, ca, shake } = await openPort(t)
  await upload(await authority.issue(['graph.contoso.test', '*.contoso.test']))
  await shake({ servername: 'graph.contoso.test', ca })
  await shake({ ca })
  const login = await shake({ servername: 'login.contoso.test' })
  assert.equal(shownBy(login), 'DNS:graph.contoso.test, DNS:*.contoso.test')
})

// X16 of the fault table: 200 exchanges.
const exchanges = isSoak ? 200 : 40

test(`${exchanges} exchanges of the certificate under continuous handshakes: none fails [R26] [X16]`, async (t) => {
  const { upload, remove, shake } = await openPort(t)
  const servername = 'app.contoso.test'
  const issues = Array.from({ length: 10 }, () => authority.issue([servername]))
  const certificates = await Promise.all(issues)
  let shown = await upload(certificates[0] as IssuedPem)
  let ended = false
  const seen = new Set<string>()
  let handshakes = 0
  const client = async () => {
    while (!ended) {
      const socket = await shake({ servername, ca: authority.pem })
      seen.add(socket.getPeerX509Certificate()?.fingerprint ?? '')
      handshakes += 1
      socket.destroy()
    }
  }
  const clients = Promise.all(Array.from({ length: 2 }, client))
  for (let i = 1; i <= exchanges; i++) {
    const next = await upload(certificates[i % 10] as IssuedPem)
    await remove(shown)
    shown = next
  }
  ended = true
  await clients
  assert.ok(handshakes > 20 && seen.size > 2, `${handshakes} handshakes, ${seen.size} certificates`)
})

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a ticket of one host is worth nothing at another one (${maxVersion}) [R26] [P11]`, async (t) => {
    const { shake } = await openPort(t)
    const first = await shake({ servername: 'a.contoso.test', maxVersion })
    // TLS 1.2 has its ticket by now, TLS 1.3 sends it behind the handshake.
    const session = first.getSession() ?? Buffer.alloc(0)
    const ticket = maxVersion === 'TLSv1.2' ? session : (await once(first, 'session'))[0]
    const own = await shake({ servername: 'a.contoso.test', session: ticket, maxVersion })
    assert.equal(own.isSessionReused(), true)
    const other = await shake({ servername: 'b.contoso.test', session: ticket, maxVersion })
    assert.equal(other.isSessionReused(), false)
    const nameless = await shake({ session: ticket, maxVersion })
    assert.equal(nameless.isSessionReused(), false)
  })
}

test('TLS 1.1 is refused [R26]', async (t) => {
  const { shake } = await openPort(t)
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const
  await assert.rejects(shake({ servername: 'app.contoso.test', ...old }))
})

const serverHello = 0x02
const alert = 0x15

const oddNames: readonly (readonly [string, string, 'certificate' | 'alert' | 'either'])[] = [
  ['in upper case', 'APP.CONTOSO.TEST', 'certificate'],
  ['with a trailing dot', 'app.contoso.test.', 'either'],
  ['with a NUL inside', 'app\0.contoso.test', 'alert'],
  ['longer than 255 bytes', `${'a.'.repeat(140)}contoso.test`, 'alert'],
  ['as long as a record', 'a'.repeat(9_000), 'alert'],
  ['that is empty', '', 'either'],
  ['that is an address', '127.0.0.1', 'alert'],
  ['that is an IPv6 address', '[::1]', 'alert'],
  ['in bad punycode', 'xn--\u00ff.contoso.test', 'alert'],
  ['in UTF-8 cut off', '\xc3.contoso.test', 'alert'],
  ['of a property of every object', '__proto__', 'alert'],
  ['that is a star', '*.contoso.test', 'either'],
  ['of nothing but dots', '...', 'alert'],
]

test('no server name, however odd, harms the process or is taken for another [P11] [R26]', async (t) => {
  const { port, shake } = await openPort(t)
  for (const [what, name, expected] of oddNames) {
    const bytes = Buffer.from(name, 'latin1')
    const hello = writeClientHello({ serverNames: [{ type: 0, name: bytes }] })
    const answer = await answerTo(port, hello)
    if (expected !== 'either') {
      assert.equal(answer === serverHello ? 'certificate' : 'alert', expected, `a name ${what}`)
    }
    assert.ok(answer === serverHello || answer === alert || answer === undefined, what)
  }
  const two = ['app.contoso.test', 'b.contoso.test'].map((name) => Buffer.from(name))
  const repeated = writeClientHello({ serverNames: two.map((name) => ({ type: 0, name })) })
  assert.notEqual(await answerTo(port, repeated), serverHello, 'two names')
  await shake({ servername: 'app.contoso.test' })
})

/** The type of the first handshake message, or `alert`; undefined when the connection just ended. */
async function answerTo(port: number, hello: Buffer): Promise<number | undefined> {
  const socket = connectNet(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(hello)
  const [bytes] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [unknown]
  socket.destroy()
  if (!Buffer.isBuffer(bytes)) return undefined
  return bytes[0] === alert ? alert : bytes[5]
}
