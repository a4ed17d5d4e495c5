import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { TestAuthority } from '../../../src/certificates/fixture-authority.ts'
import { temporaryFolder } from '../../folder.ts'
import { HttpClient } from '../../http-client.ts'
import { type RunningEdge, startConnector, startEdge, untilConnectors } from '../../pieces.ts'
import { runCommandLine, type Said } from '../../terminal.ts'

// What the command line does with connectors, certificates, providers and programs that are really there.

let edge: RunningEdge
let home: string
const cleanUp = new AsyncDisposableStack()

before(async () => {
  home = cleanUp.use(await temporaryFolder()).path
  edge = cleanUp.use(await startEdge(join(home, 'edge')))
})
after(() => cleanUp.disposeAsync())

function here(...args: readonly string[]): Promise<Said> {
  return runCommandLine(args, { environment: { SALLYPORT_DATA: join(home, 'edge') } })
}

async function expectOk(...args: readonly string[]): Promise<Said> {
  const said = await here(...args)
  assert.equal(said.exit, 0, `${args.join(' ')}\n${said.text}`)
  return said
}

test('connectors are seen, drained, moved and forgotten by the name of their machine [K4] [K5] [G6]', async () => {
  await using connector = await startConnector(edge, join(home, 'connector'))
  const { connectorId } = connector
  assert.match((await expectOk('connectors', 'list')).stdout, /active +Default +127\.0\.0\.1/)
  const [{ machineName }] = JSON.parse((await expectOk('connectors', 'list', '--json')).stdout)
  assert.match((await expectOk('connectors', 'show', machineName)).stdout, /State +active/)
  await expectOk('connectors', 'drain', machineName, '--grace', '0')
  assert.match(
    (await expectOk('status')).stdout,
    /is out of service\.\n {2}Fix: {2}sallyport connectors resume/,
  )
  assert.equal((await here('status', '--check')).exit, 1)
  await expectOk('connectors', 'resume', connectorId)
  await untilConnectors(edge.graph, (active) => active.includes(connectorId))
  assert.match((await expectOk('status', '--check')).stdout, /nothing needs any/)
  await expectOk('connector-groups', 'create', '--name', 'Berlin')
  await expectOk('connectors', 'move', machineName, '--group', 'berlin')
  assert.match((await expectOk('connector-groups', 'show', 'Berlin')).stdout, /active/)
  const full = await here('connector-groups', 'delete', 'Berlin', '--yes')
  assert.equal(full.exit, 1, full.text)
  await expectOk('connectors', 'delete', connectorId, '--yes')
  await connector.said('no longer registered')
  await expectOk('connector-groups', 'delete', 'Berlin', '--yes')
})

test('a certificate is uploaded, seen until when it lasts, and deleted by a name it is for [P11] [G6]', async () => {
  const authority = await TestAuthority.create()
  const { certificate, key } = await authority.issue(['wiki.contoso.localhost'])
  await writeFile(join(home, 'chain.pem'), certificate)
  await writeFile(join(home, 'key.pem'), key)
  const files = ['--chain', join(home, 'chain.pem'), '--key', join(home, 'key.pem')]
  const planned = await expectOk('certificates', 'upload', ...files, '--dry-run')
  assert.doesNotMatch(planned.text, /PRIVATE KEY/)
  await expectOk('certificates', 'upload', ...files)
  assert.match((await expectOk('certificates', 'list')).stdout, /wiki\.contoso\.localhost +\w+/)
  assert.match(
    (await expectOk('certificates', 'show', 'wiki.contoso.localhost')).stdout,
    /Until +\d{4}-.* days\)/,
  )
  assert.equal((await here('certificates', 'upload', '--chain', join(home, 'chain.pem'))).exit, 2)
  await expectOk('certificates', 'delete', 'wiki.contoso.localhost', '--yes')
})

test('an identity provider is made from JSON, asked about itself and deleted [S11] [G6]', async () => {
  const body = JSON.stringify({
    ...{
      '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
      displayName: 'Elsewhere',
    },
    ...{
      clientId: 'sallyport',
      issuer: 'https://localhost:1',
      clientAuthentication: 'private_key_jwt',
    },
  })
  await expectOk('providers', 'create', '--file', body)
  await expectOk('providers', 'update', 'Elsewhere', '--file', '{"displayName":"Nowhere"}')
  assert.match(
    (await expectOk('providers', 'show', 'Nowhere')).stdout,
    /Proves itself by +private_key_jwt/,
  )
  const health = await here('providers', 'health', 'Nowhere')
  assert.equal(health.exit, 1)
  assert.match(health.stderr, /provider-unavailable/)
  await expectOk('providers', 'rotate-key', 'Nowhere')
  await expectOk('providers', 'delete', 'Nowhere', '--yes')
})

test('a program signs in with its secret, for one command or for many [G3] [G6]', async () => {
  const wanted = ['--permission', 'Application.Read.All,AuditLog.Read.All']
  const appId = (
    await expectOk('programs', 'create', '--name', 'Robot', ...wanted, '-q')
  ).stdout.trim()
  const named = ['--name', 'nightly', '--days', '90']
  const secretText = (await expectOk('programs', 'secret', 'Robot', ...named, '-q')).stdout.trim()
  await expectOk('programs', 'revoke', 'robot', '--permission', 'AuditLog.Read.All')
  await expectOk('programs', 'grant', appId, '--permission', 'policy.read.all')
  const shown = await expectOk('programs', 'show', 'Robot')
  assert.match(
    shown.stdout,
    /Secrets +nightly until [\s\S]*Application\.Read\.All[\s\S]*Policy\.Read\.All/,
  )
  assert.doesNotMatch(shown.stdout, /AuditLog/)
  const environment = {
    ...{
      SALLYPORT_SERVER: `https://localhost:${edge.port}`,
      SALLYPORT_CA: join(home, 'edge', 'ca.pem'),
    },
    ...{ SALLYPORT_CLIENT_ID: appId, SALLYPORT_CLIENT_SECRET: secretText },
    XDG_CONFIG_HOME: join(home, 'robot'),
  }
  const listed = await runCommandLine(['apps', 'list', '--all'], { environment })
  assert.match(listed.stdout, /Robot/, listed.text)
  const refused = await runCommandLine(['users', 'list'], { environment })
  assert.equal(refused.exit, 4)
  assert.equal((await runCommandLine(['sign-in'], { environment })).exit, 0)
  const kept = { XDG_CONFIG_HOME: environment.XDG_CONFIG_HOME }
  assert.match((await runCommandLine(['whoami'], { environment: kept })).stdout, /Who +a program/)
  await expectOk('programs', 'disable', 'Robot')
  assert.equal((await runCommandLine(['apps', 'list'], { environment: kept })).exit, 3)
  await expectOk('programs', 'enable', 'Robot')
  const wrong = { ...environment, SALLYPORT_CLIENT_SECRET: 'guessed' }
  assert.equal((await runCommandLine(['apps', 'list'], { environment: wrong })).exit, 3)
  await expectOk('programs', 'remove-secret', 'Robot', 'nightly', '--yes')
  assert.equal((await runCommandLine(['apps', 'list'], { environment })).exit, 3)
  assert.match((await expectOk('programs', 'list')).stdout, /Robot/)
  await expectOk('programs', 'delete', 'Robot', '--yes')
})

test('what pages were refused is seen, and allowed by the rules that the edge offers [D3] [G6]', async () => {
  const wiki = edge.external('wiki')
  await expectOk(
    'apps',
    'create',
    '--name',
    'Wiki',
    '--external',
    wiki,
    '--internal',
    'http://wiki.test/',
    '--everybody',
  )
  await using client = new HttpClient({ ca: edge.ca })
  const origin = 'https://shop.example'
  const preflight = async (method: string): Promise<number> => {
    const headers = { origin, 'access-control-request-method': method }
    return (await client.request(wiki, { method: 'OPTIONS', headers })).status
  }
  assert.equal(await preflight('PUT'), 403)
  assert.equal(await preflight('DELETE'), 403)
  await refusalsKept()
  assert.match((await expectOk('cors', 'refusals')).stdout, /https:\/\/shop\.example +PUT +no-rule/)
  await expectOk('cors', 'refusals', '--app', 'Wiki', '--allow', origin)
  assert.equal(await preflight('PUT'), 204)
  assert.equal(await preflight('DELETE'), 204)
  assert.equal((await here('cors', 'refusals', '--allow', 'https://other.example')).exit, 1)
})

test('a server that is no edge, or points elsewhere, gets neither a secret nor belief [G3] [G6]', async () => {
  const authority = await TestAuthority.create()
  const { certificate, key } = await authority.issue(['localhost'])
  const ca = join(home, 'foreign.pem')
  await writeFile(ca, authority.pem)
  const asked: string[] = []
  let metadata: object = {}
  const server = createServer({ cert: certificate, key }, (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const isMetadata = request.url === '/.well-known/oauth-protected-resource'
    response.setHeader('content-type', isMetadata ? 'application/json' : 'text/html')
    response.end(isMetadata ? JSON.stringify(metadata) : '<h1>Welcome</h1>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await using _ = { [Symbol.asyncDispose]: async () => void server.close() }
  const own = `https://localhost:${(server.address() as AddressInfo).port}`
  const where = ['--server', own, '--ca', ca]
  const page = await runCommandLine(['apps', 'list', ...where, '--token', 'x'])
  assert.equal(page.exit, 1)
  assert.match(page.stderr, /did not answer with JSON/)
  const other = { SALLYPORT_SERVER: 'https://graph.contoso.com', SALLYPORT_TOKEN: 'for contoso' }
  const before = asked.length
  assert.equal((await runCommandLine(['apps', 'list', ...where], { environment: other })).exit, 3)
  assert.equal(asked.length, before)
  const environment = { SALLYPORT_CLIENT_ID: 'id', SALLYPORT_CLIENT_SECRET: 'secret' }
  for (const wrong of [
    {},
    { resource: 'https://graph.contoso.com', authorization_servers: [own] },
    { resource: own, authorization_servers: ['http://localhost/'] },
    // Its own description names another issuer: here it has none at all.
    { resource: own, authorization_servers: [own] },
  ]) {
    metadata = wrong
    const said = await runCommandLine(['apps', 'list', ...where], { environment })
    assert.equal(said.exit, 1)
    assert.match(said.stderr, /does not say where to sign in/)
  }
  assert.ok(
    asked.every((line) => line.startsWith('GET ')),
    asked.join(', '),
  )
})

test('a server that sends its guests to sign in at another edge gets no token for that edge [G3]', async () => {
  const authority = await TestAuthority.create()
  const { certificate, key } = await authority.issue(['localhost'])
  const ca = join(home, 'both.pem')
  await writeFile(ca, `${authority.pem}\n${edge.ca}`)
  const login = edge.external('login').slice(0, -1)
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const resource = `https://${request.headers.host}`
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ resource, authorization_servers: [login] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await using _ = { [Symbol.asyncDispose]: async () => void server.close() }
  const own = `https://localhost:${(server.address() as AddressInfo).port}`
  const environment = { XDG_CONFIG_HOME: home }
  const said = await runCommandLine(['sign-in', '--server', own, '--ca', ca], { environment })
  assert.equal(said.exit, 3, said.text)
  assert.match(said.stderr, /no such resource/)
  assert.doesNotMatch(said.text, /Open https/)
})

/** Counts are written to the directory now and then; there is nothing that tells when. */
async function refusalsKept(): Promise<void> {
  for (;;) {
    const { stdout } = await here('cors', 'refusals', '--json')
    if (JSON.parse(stdout).length === 2) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
