import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { RawBackend } from '../../src/connector/forward-fixture.ts'
import { type RunningEdge, startConnector, startEdge } from '../pieces.ts'
import { rawExchange } from '../raw-socket.ts'
import { publish } from '../world.ts'

const hello = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'

const cleanUp = new AsyncDisposableStack()
let edge: RunningEdge
let backend: RawBackend
/** Two with TLS, one that redirects and one that serves without. */
let ports: readonly [number, number, number, number]
before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-entrances-'))
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
  edge = cleanUp.use(
    await startEdge(join(folder, 'edge'), {
      ports: [0, 0],
      more: ['--http-port', '0', '0=serve'],
    }),
  )
  ports = portsOf(edge)
  const [first, second, , serving] = ports
  const connector = await startConnector(edge, join(folder, 'connector'))
  cleanUp.defer(() => connector.stop())
  backend = cleanUp.use(
    await RawBackend.start((socket, seen) => {
      if (seen.endsWith('\r\n\r\n')) socket.write(hello)
    }),
  )
  await publishAt(`https://one.contoso.localhost:${first}/`)
  await publishAt(`https://two.contoso.localhost:${second}/`)
  await publishAt(`http://clear.contoso.localhost:${serving}/`)
})
after(() => cleanUp.disposeAsync())

function publishAt(externalUrl: string): Promise<string> {
  return publish(edge.graph, externalUrl, {
    externalAuthenticationType: 'passthru',
    externalUrl,
    internalUrl: `${backend.origin}/`,
  })
}

function portsOf({ port, facts }: RunningEdge): typeof ports {
  const [second = 0] = facts['morePorts'] as readonly number[]
  const plain = facts['plainPorts'] as readonly { readonly port: number }[]
  const [redirecting = 0, serving = 0] = plain.map((each) => each.port)
  return [port, second, redirecting, serving]
}

/** Head and body of the answer to a GET on `port`, over TLS if `name` is given. */
function ask(port: number, host: string, path = '/', name?: string, ca = edge.ca): Promise<string> {
  const bytes = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
  const tls = name === undefined ? {} : { tls: { servername: name, ca } }
  return rawExchange({ port, ...tls }, bytes)
}

test('each application is served on the port of its external URL, and on no other of the edge [P12]', async () => {
  const [first, second] = ports
  for (const [name, port, other] of [
    ['one', first, second],
    ['two', second, first],
  ] as const) {
    const host = `${name}.contoso.localhost`
    assert.match(await ask(port, `${host}:${port}`, '/', host), /^HTTP\/1\.1 200 .*hello$/s)
    // The other port may be open to other people.
    assert.match(await ask(other, `${host}:${port}`, '/', host), /^HTTP\/1\.1 421 /)
    assert.match(await ask(other, `${host}:${other}`, '/', host), /^HTTP\/1\.1 404 /)
  }
})

test('without TLS people are sent to where the host is published, and nobody is sent anywhere else [P12]', async () => {
  const [first, , redirecting, serving] = ports
  for (const port of [redirecting, serving]) {
    const moved = await ask(port, `one.contoso.localhost:${port}`, '/a?b=c')
    assert.match(moved, /^HTTP\/1\.1 308 /)
    assert.match(
      moved,
      new RegExp(`\\r\\nLocation: https://one.contoso.localhost:${first}/a\\?b=c\\r\\n`),
    )
    assert.match(await ask(port, 'evil.example'), /^HTTP\/1\.1 404 /)
  }
})

test('the edge’s own hosts are on its first port only [P12]', async () => {
  const [first, second] = ports
  const name = 'login.contoso.localhost'
  assert.match(await ask(first, `${name}:${first}`, '/', name), /^HTTP\/1\.1 302 .*\/account\r$/ms)
  assert.match(await ask(second, `${name}:${first}`, '/', name), /^HTTP\/1\.1 421 /)
  assert.match(await ask(second, `${name}:${second}`, '/', name), /^HTTP\/1\.1 404 /)
})

test('without TLS the sign-in and the management API are redirects, too [S3]', async () => {
  const [first, , redirecting, serving] = ports
  for (const port of [redirecting, serving]) {
    for (const host of ['login.contoso.localhost', 'localhost']) {
      const answer = await ask(port, `${host}:${port}`, '/beta/users')
      assert.match(
        answer,
        new RegExp(`^HTTP/1\\.1 308 [\\s\\S]*Location: https://${host}:${first}/`),
      )
      assert.match(await ask(port, `${host}:${first}`, '/beta/users'), /^HTTP\/1\.1 421 /)
    }
  }
})

test('an application without TLS is served in clear, where the port serves [P12]', async () => {
  const [, , redirecting, serving] = ports
  const host = `clear.contoso.localhost:${serving}`
  assert.match(await ask(serving, host), /^HTTP\/1\.1 200 .*hello$/s)
  assert.match(backend.seen, /^X-Forwarded-Proto: http\r$/m)
  assert.match(await ask(redirecting, host), /^HTTP\/1\.1 421 /)
})

test('an application that asks for a sign-in cannot be published without TLS [S3] [G4]', async () => {
  const refused = publish(edge.graph, 'Guarded in clear', {
    externalAuthenticationType: 'aadPreAuthentication',
    externalUrl: `http://guarded.contoso.localhost:${ports[3]}/`,
    internalUrl: `${backend.origin}/`,
  })
  await assert.rejects(refused, /https/)
})

test('several workers share all ports of their edge [P12] [N3]', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-entrances-'))
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
  const more = ['--workers', '2', '--http-port', '0']
  await using shared = await startEdge(folder, { ports: [0, 0], more })
  const { port, facts } = shared
  const [second] = facts['morePorts'] as [number]
  const [plain] = facts['plainPorts'] as [{ port: number }]
  // Enough that the kernel deals some to each worker.
  const name = 'login.contoso.localhost'
  const ways = [[port, name], [second, name], [plain.port]] as const
  for (const [at, secure] of ways) {
    const asked = Array.from({ length: 16 }, () =>
      ask(at, `${name}:${port}`, '/', secure, shared.ca),
    )
    const lines = (await Promise.all(asked)).map((answer) => answer.slice(0, 12))
    assert.deepEqual(new Set(lines), new Set([at === port ? 'HTTP/1.1 302' : 'HTTP/1.1 421']))
  }
})

test('bytes that are no HTTP, TLS among them, are refused without TLS as they are with it [F8]', async () => {
  for (const port of [ports[2], ports[3]]) {
    assert.match(await rawExchange({ port }, '\x16\x03\x01\x02\0\x01'), /^HTTP\/1\.1 400 /)
    assert.match(await rawExchange({ port }, 'GET /\r\n'), /^HTTP\/1\.1 400 /)
  }
})

test('a star covers no host of the edge itself, on whatever port: cookies do not tell ports apart [P3] [S3]', async () => {
  const [first, second, , serving] = ports
  for (const star of [
    `https://*.contoso.localhost:${second}/`,
    `http://*.contoso.localhost:${serving}/`,
  ]) {
    await publish(edge.graph, star, {
      externalAuthenticationType: 'passthru',
      externalUrl: star,
      internalUrl: 'http://*.nowhere.test/',
    })
  }
  const other = 'other.contoso.localhost'
  assert.match(await ask(second, `${other}:${second}`, '/', other), /^HTTP\/1\.1 502 /)
  assert.match(await ask(serving, `${other}:${serving}`), /^HTTP\/1\.1 502 /)
  for (const label of ['portal', 'login', 'myapps', 'graph']) {
    const host = `${label}.contoso.localhost`
    assert.match(await ask(second, `${host}:${second}`, '/', host), /^HTTP\/1\.1 404 /)
    const moved = await ask(serving, `${host}:${serving}`)
    assert.match(moved, new RegExp(`^HTTP/1\\.1 308 [\\s\\S]*Location: https://${host}:${first}/`))
  }
})
