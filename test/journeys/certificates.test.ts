import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { connect } from 'node:tls'
import { TestAuthority } from '../../src/certificates/fixture-authority.ts'
import { GraphClient, type Json } from '../../src/run/graph-client.ts'
import { blocksOf } from '../documents/commands.ts'
import { signInByForms } from '../form-sign-in.ts'
import { freePort } from '../free-port.ts'
import { HttpClient } from '../http-client.ts'
import { startPebble } from '../pebble.ts'
import { sallyport, startEdge as startPlainEdge } from '../pieces.ts'
import type { RunningCommand } from '../process.ts'
import { publish } from '../world.ts'

const port = await freePort()
const data = mkdtempSync(join(tmpdir(), 'sallyport-acme-journey-'))
const pebble = await startPebble({ tlsPort: port })
after(async () => {
  await pebble[Symbol.asyncDispose]()
  rmSync(data, { recursive: true })
})
const root = await pebble.root()

const certificates = '/onPremisesPublishingProfiles/applicationProxy/certificates'

interface Edge extends AsyncDisposable {
  readonly command: RunningCommand
  readonly graph: GraphClient
}

/** What the page about certificates says to type, with this machine in the place of those on the internet. */
function documentedArguments(): readonly string[] {
  const blocks = blocksOf(readFileSync('docs/certificates.md', 'utf8'))
  const [command = ''] = blocks.filter((block) => block.includes('--acme-directory'))
  const line = command
    .replaceAll('\\\n', '')
    .replace('./edge-data', data)
    .replaceAll('contoso.net', 'contoso.test')
    .replace(/https:\/\/acme\S+/, pebble.directoryUrl)
  const [, words = ''] = /^npm run sallyport -- (.*)/.exec(line) ?? []
  return words.split(/ +/)
}

async function startEdge(): Promise<Edge> {
  const command = sallyport(
    ...documentedArguments(),
    ...['--json', '--drain', '2', '--host', '127.0.0.1', '--port', String(port)],
    ...['--acme-ca', pebble.caFile],
  )
  const ready = JSON.parse(await command.line((line) => line.startsWith('{')))
  await using token = sallyport('token', '--data', data)
  const ca = readFileSync(ready.ca, 'utf8')
  const graph = new GraphClient(ready.graph, await token.line(() => true), ca)
  return {
    command,
    graph,
    async [Symbol.asyncDispose]() {
      await graph.close()
      await command.stop()
    },
  }
}

async function list({ graph }: Edge, path: string): Promise<readonly Json[]> {
  const answer = await graph.call('GET', path)
  return (answer?.['value'] ?? []) as readonly Json[]
}

/** The names on the certificate of a connection that trusts nothing but Pebble's root. */
async function shake(servername: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, servername, ca: root })
  try {
    await once(socket, 'secureConnect')
    return socket.getPeerX509Certificate()?.subjectAltName ?? ''
  } finally {
    socket.destroy()
  }
}

// The application's, and those of the edge itself that people open.
const hosts = ['app', 'login', 'myapps', 'portal'].map((name) => `${name}.contoso.test`)

test('published hosts get certificates by themselves, and keep them over a restart [P11] [R26]', async () => {
  let kept: readonly Json[]
  {
    await using edge = await startEdge()
    await edge.command.said('"host":"login.contoso.test","msg":"a certificate was issued"')
    assert.equal(await shake('login.contoso.test'), 'DNS:login.contoso.test')
    const externalUrl = `https://app.contoso.test:${port}/`
    await publish(edge.graph, 'App', { externalUrl, internalUrl: 'http://app.inside.test/' })
    await edge.command.said('"host":"app.contoso.test","msg":"a certificate was issued"')
    assert.equal(await shake('app.contoso.test'), 'DNS:app.contoso.test')
    await assert.rejects(shake('stranger.contoso.test'))
    for (const site of ['myapps', 'portal']) {
      await edge.command.said(`"host":"${site}.contoso.test","msg":"a certificate was issued"`)
    }
    kept = await list(edge, certificates)
    const names = kept.flatMap(({ dnsNames }) => dnsNames)
    assert.deepEqual(names.sort(), hosts)
    assert.doesNotMatch(edge.command.stderr, /PRIVATE KEY/)
  }
  {
    await using edge = await startEdge()
    assert.equal(await shake('app.contoso.test'), 'DNS:app.contoso.test')
    assert.deepEqual(await list(edge, certificates), kept)
    const path = certificates.replace('certificates', 'acmeHosts')
    assert.deepEqual(
      (await list(edge, path)).map(({ id, failureCount, lastError }) => [
        id,
        failureCount,
        lastError,
      ]),
      hosts.map((host) => [host, 0, null]),
    )
  }
})

test('people sign in though they trust the uploaded certificate only [S1] [P11]', async () => {
  const folder = join(data, 'uploaded')
  await using edge = await startPlainEdge(folder)
  const authority = await TestAuthority.create()
  const { certificate, key } = await authority.issue(['*.contoso.localhost'])
  const pair = { certificateChain: certificate, privateKey: key }
  await edge.graph.call('POST', certificates, pair)
  const externalUrl = edge.external('app')
  await publish(edge.graph, 'App', { externalUrl, internalUrl: 'http://app.inside.test/' })
  const person = { userPrincipalName: 'ann@contoso.test', password: 'correct horse 4711' }
  await edge.graph.call('POST', '/users', {
    ...{ accountEnabled: true, displayName: 'Ann', mailNickname: 'ann' },
    userPrincipalName: person.userPrincipalName,
    passwordProfile: { password: person.password, forceChangePasswordNextSignIn: false },
  })
  await using client = new HttpClient({ ca: authority.pem })
  const page = await signInByForms(client, externalUrl, person)
  assert.equal(page.status, 503, 'signed in, and no connector is there')
})

test('terms that were not agreed to are said, and nothing is started [P11]', async () => {
  const where = ['--data', data, '--domain', 'contoso.test', '--port', '0']
  await using command = sallyport('edge', ...where, '--acme-directory', pebble.directoryUrl)
  assert.equal(await command.exit, 1)
  assert.match(command.stderr, /--acme-agree-tos/)
})
