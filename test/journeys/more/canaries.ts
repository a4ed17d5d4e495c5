import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { rsa, TestAuthority } from '../../../src/certificates/fixture-authority.ts'
import { createEnrolmentToken } from '../../../src/run/demo-seed.ts'
import { type CollectedSpan, Collector } from '../../collector.ts'
import { everythingKept, everythingTold } from '../../everything-written.ts'
import { temporaryFolder } from '../../folder.ts'
import { openSignInForm, signInByForms } from '../../form-sign-in.ts'
import { HttpClient, type TestRequest } from '../../http-client.ts'
import { type RunningEdge, sallyport, startEdge, untilConnectors } from '../../pieces.ts'
import { RunningCommand } from '../../process.ts'
import { readSignals } from '../../scrape.ts'
import { publish } from '../../world.ts'

// Secrets are sent wherever somebody may send one, to an edge of two workers and a connector that say all they can say.
// Afterwards none of them may be found in anything that was written, told or kept.

const cleanUp = new AsyncDisposableStack()
const secrets = new Map<string, string>()
let folder: string
let collector: Collector
let edge: RunningEdge
let connector: RunningCommand
let open: string
let guarded: string

/** A secret of this kind that nobody has seen before. */
function canary(what: string): string {
  const secret = `canary${randomBytes(12).toString('hex')}`
  secrets.set(what, secret)
  secrets.set(`${what}, in base64`, Buffer.from(secret).toString('base64').replace(/=+$/, ''))
  return secret
}

before(async () => {
  folder = cleanUp.use(await temporaryFolder()).path
  collector = cleanUp.use(await Collector.start())
  const talkative = ['--signals', '0', '--otlp', collector.url, '--log-level', 'debug']
  const more = ['--workers', '2', '--access-log', join(folder, 'access.log'), ...talkative]
  edge = cleanUp.use(await startEdge(join(folder, 'edge'), { more }))
  const token = await createEnrolmentToken(edge.graph)
  secrets.set('enrolment token', token)
  const own = ['--json', '--data', join(folder, 'connector'), '--token', token]
  connector = cleanUp.use(sallyport('connector', ...own, ...talkative))
  await untilConnectors(edge.graph, (active) => active.length === 1)
  await publishAll(await startApplication())
})
after(() => cleanUp.disposeAsync())

async function publishAll(internalUrl: string): Promise<void> {
  open = edge.external('open')
  guarded = edge.external('guarded')
  const passthru = { externalAuthenticationType: 'passthru', externalUrl: open, internalUrl }
  await publish(edge.graph, 'Open', passthru)
  await publish(edge.graph, 'Guarded', { externalUrl: guarded, internalUrl })
}

/** Sets a cookie, breaks off, or answers what is no HTTP. */
async function startApplication(): Promise<string> {
  const cookie = canary('cookie that an application sets')
  const body = canary('body of an answer')
  const rubbish = canary('answer that is no HTTP')
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/cut')) return request.socket.destroy()
    if (request.url?.startsWith('/rubbish')) return request.socket.end(`${rubbish}\r\n\r\n`)
    response.setHeader('set-cookie', `own=${cookie}; Path=/`)
    return response.end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUp.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('no secret that is sent anywhere is logged, traced, counted, told, exported or kept readable [D4] [R7]', async () => {
  await using client = new HttpClient({ ca: edge.ca })
  await callApplications(client)
  await signInAndFail(client)
  await administer(client)
  await askDoctor()
  const typed = await useCommandLine()
  const everywhere = new Map([
    ...(await everythingTold(edge.graph, ['revisions', 'configuration', 'groups'])),
    ...(await everythingKept(folder)),
    ...(await everythingSignalled(client)),
    ['decisions', await decisions()],
    ['output of the edge', `${edge.command.stdout}\n${edge.command.stderr}`],
    ['output of the connector', `${connector.stdout}\n${connector.stderr}`],
    ['command line', typed],
  ])
  const found = [...everywhere].flatMap(([place, text]) =>
    [...secrets].filter(([, secret]) => text.includes(secret)).map(([what]) => `${place}: ${what}`),
  )
  assert.deepEqual(found, [])
  // What is searched has been written: the harmless neighbour of each secret is there.
  assert.match(everywhere.get('access.log') ?? '', /\/harmless/)
  assert.match(everywhere.get('decisions') ?? '', /\/harmless/)
  assert.match(everywhere.get('spans') ?? '', /\/harmless/)
  assert.match(everywhere.get('output of the edge') ?? '', /"level":"debug"/)
  assert.match(everywhere.get('output of the connector') ?? '', /backend failed/)
})

/** Every remembered request with its trail. */
async function decisions(): Promise<string> {
  const list = await edge.graph.call('GET', '/requests?$top=100')
  const ids = ((list?.['value'] ?? []) as readonly { id: string }[]).map(({ id }) => id)
  const records = await Promise.all(ids.map((id) => edge.graph.call('GET', `/requests/${id}`)))
  return JSON.stringify(records)
}

/** What operators' tools are told, once the last request is there. */
async function everythingSignalled(client: HttpClient): Promise<[string, string][]> {
  const last = await client.request(`${open}harmless`)
  assert.equal(last.status, 200)
  const isIt = ({ name, attributes }: CollectedSpan) =>
    name === 'GET Open' && attributes.get('url.path') === '/harmless'
  await collector.trace(isIt, ['forward', 'GET application'])
  const ready = await connector.line((line) => line.startsWith('{'))
  const ports = { edge: edge.facts['signals'], connector: JSON.parse(ready).signals }
  const told = Object.entries(ports).map(async ([name, port]): Promise<[string, string]> => {
    const { status, text } = await readSignals(port, '/metrics')
    assert.equal(status, 200, name)
    return [`metrics of ${name}`, text]
  })
  return [['spans', collector.said], ...(await Promise.all(told))]
}

/** Requests with a secret in each place where there may be one, that are let through, refused, and that fail. */
async function callApplications(client: HttpClient): Promise<void> {
  const basic = Buffer.from(`ann:${canary('password of Basic')}`).toString('base64')
  secrets.set('Authorization: Basic', basic)
  const paths = ['harmless', 'cut', 'rubbish']
  const addresses = [...paths.map((path) => open + path), `${guarded}page`]
  for (const address of addresses) {
    const query = canary(`query of ${address}`)
    const headers = {
      cookie: `own=${canary(`cookie to ${address}`)}; __Host-sallyport-session=${canary(`session at ${address}`)}`,
      'x-api-key': canary(`key to ${address}`),
      referer: `https://a.example/?code=${canary(`Referer to ${address}`)}`,
      'user-agent': 'canaries',
    }
    const requests: TestRequest[] = [
      { headers: { ...headers, authorization: `Basic ${basic}` } },
      { headers: { ...headers, authorization: `Bearer ${canary(`token to ${address}`)}` } },
      { method: 'POST', headers, body: canary(`body to ${address}`) },
      {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
      },
    ]
    for (const request of requests) await client.request(`${address}?token=${query}`, request)
  }
}

const people = 'ann@contoso.localhost'

/** A person who signs in, and who mistypes; a program with the right secret, and with wrong ones. */
async function signInAndFail(client: HttpClient): Promise<void> {
  const user = { userPrincipalName: people, password: `${canary('password of a person')}-A1` }
  await edge.graph.call('POST', '/users', {
    ...{ displayName: 'Ann', accountEnabled: true, mailNickname: 'ann' },
    userPrincipalName: people,
    passwordProfile: { password: user.password },
  })
  await using stranger = new HttpClient({ ca: edge.ca })
  const form = await openSignInForm(stranger, `${guarded}page`)
  await stranger.submit(form, { username: people, password: canary('wrong password') })
  const page = await signInByForms(client, `${guarded}harmless?state=${canary('state')}`, user)
  assert.equal(page.status, 200)
  const made = await edge.graph.call('POST', '/applications', { displayName: 'Robot' })
  const path = `/applications/${made?.['id']}/addPassword`
  const added = await edge.graph.call('POST', path, { passwordCredential: { displayName: 'key' } })
  const secret = String(added?.['secretText'])
  secrets.set('secret of a program', secret)
  const credentials = { client_id: String(made?.['appId']), grant_type: 'client_credentials' }
  const wishes = [
    { client_secret: secret, scope: `${edge.external('graph').slice(0, -1)}/.default` },
    { client_secret: canary('wrong secret of a program') },
    {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `a.${canary('assertion')}.b`,
    },
  ]
  for (const wish of wishes) {
    const body = new URLSearchParams({ ...credentials, ...wish }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const request = { method: 'POST', headers, body }
    const answer = await client.request(`${edge.external('login')}token`, request)
    const token = /"access_token":"([^"]+)"/.exec(answer.text)?.[1]
    if (token) secrets.set('access token', token.slice(token.lastIndexOf('.') + 1))
  }
}

/** Keys, tokens and bodies that are good and broken, at the management API. */
async function administer(client: HttpClient): Promise<void> {
  const authority = await TestAuthority.create()
  const { certificate, key } = await authority.issue(['shop.contoso.localhost'], {
    key: rsa(2_048),
  })
  for (const line of key.split('\n').slice(1, 4))
    secrets.set(`private key: ${line.slice(0, 6)}`, line)
  const own = '/onPremisesPublishingProfiles/applicationProxy/certificates'
  await edge.graph.call('POST', own, {
    ...{ certificateChain: certificate + authority.pem, privateKey: key },
  })
  const token = await newToken()
  const broken = [
    [own, JSON.stringify({ certificateChain: certificate, privateKey: canary('broken key') })],
    [own, JSON.stringify({ pfx: 'AAAA', password: canary('password of a PFX') })],
    ['/users', `{"passwordProfile": ${canary('body that is no JSON')}}`],
    ['/users', JSON.stringify({ passwordProfile: { password: canary('password too much') } })],
    ['/doctor/examine', JSON.stringify({ har: canary('HAR that is none') })],
  ] as const
  for (const [path, body] of broken) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const url = `${edge.external('graph')}beta${path}?$filter=${canary(`$filter of ${path}`)}`
    const answer = await client.request(url, { method: 'POST', headers, body })
    assert.equal(answer.status, 400, answer.text)
  }
  const headers = { authorization: `Bearer ${canary('token of nobody')}` }
  await client.request(`${edge.external('graph')}beta/me`, { headers })
}

/** A token of an administrator, whose signature nobody may find. */
async function newToken(): Promise<string> {
  await using command = sallyport('token', '--data', join(folder, 'edge'))
  const token = await command.line(() => true)
  secrets.set(`token of an administrator ${secrets.size}`, token.slice(token.lastIndexOf('.') + 1))
  return token
}

async function askDoctor(): Promise<void> {
  const field = (name: string, value: string) => ({ name, value })
  const headers = [
    field('Authorization', `Bearer ${canary('token in a HAR')}`),
    field('Cookie', `sid=${canary('cookie in a HAR')}`),
    field('Origin', guarded.slice(0, -1)),
  ]
  const request = {
    ...{ method: 'POST', url: `${open}har?code=${canary('query in a HAR')}`, headers },
    postData: { mimeType: 'text/plain', text: canary('body in a HAR') },
  }
  const response = {
    ...{ status: 200, headers: [field('Set-Cookie', `sid=${canary('Set-Cookie in a HAR')}`)] },
    content: { text: canary('content in a HAR') },
  }
  const har = { log: { version: '1.2', entries: [{ request, response }] } }
  await edge.graph.call('POST', '/doctor/examine', { har })
  const asked = {
    pageUrl: `${guarded}?code=${canary('query of a page')}`,
    targetUrl: `${open}harmless?token=${canary('query of a probe')}`,
    headers: [field('Authorization', `Bearer ${canary('token of a probe')}`)],
  }
  await edge.graph.call('POST', '/doctor/examine', asked)
  await edge.graph.call('POST', '/doctor/probe', asked)
}

/** The command line with `--debug`, which tells every exchange. */
async function useCommandLine(): Promise<string> {
  const token = await newToken()
  const ca = join(folder, 'edge', 'ca.pem')
  const place = [
    '--debug',
    '--server',
    edge.external('localhost').replace('.contoso.localhost', ''),
    '--ca',
    ca,
  ]
  const lines = [['whoami'], ['requests', 'list'], ['users', 'show', 'nobody@contoso.localhost']]
  const said = lines.map(async (line) => {
    const path = ['src/main.ts', ...line, ...place]
    const command = new RunningCommand(process.execPath, path, { env: { SALLYPORT_TOKEN: token } })
    await command.exit
    return `${command.stdout}\n${command.stderr}`
  })
  const text = (await Promise.all(said)).join('\n')
  assert.match(text, /GET .*\/beta\//)
  return text
}
