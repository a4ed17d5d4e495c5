import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { codeAt, stepAt } from '../../src/identity/local/one-time-codes.ts'
import { openKeys } from '../../src/run/keys.ts'
import { openTokenVault } from '../../src/run/sessions.ts'
import { Collector } from '../collector.ts'
import { everythingKept, everythingTold } from '../everything-written.ts'
import { signInByForms } from '../form-sign-in.ts'
import { parseForms } from '../html-form.ts'
import { HttpClient, type TestRequest, type TestResponse } from '../http-client.ts'
import { readSignals } from '../scrape.ts'
import { publish, startWorld, type World, type WorldUser } from '../world.ts'

const cleanUp = new AsyncDisposableStack()
let world: World
let collector: Collector
before(async () => {
  collector = cleanUp.use(await Collector.start())
  world = cleanUp.use(await startWorld('--signals', '0', '--otlp', collector.url))
})
after(() => cleanUp.disposeAsync())

/** Remembers every answer, those on the way as well. */
class RememberingClient extends HttpClient {
  readonly answers: TestResponse[] = []

  override async request(address: string | URL, init?: TestRequest): Promise<TestResponse> {
    const answer = await super.request(address, init)
    this.answers.push(answer)
    return answer
  }
}

const mallory: WorldUser = {
  userPrincipalName: 'mallory@contoso.net',
  password: `Canary-${randomBytes(12).toString('base64url')}-2`,
}
const methods = `users/${mallory.userPrincipalName}/authentication`

test('no second factor, pass, token, ticket, form or client secret is written down or told again [D4] [S11]', async () => {
  await world.graph.call('POST', '/users', {
    ...{ displayName: 'Mallory', userPrincipalName: mallory.userPrincipalName },
    ...{ accountEnabled: true, mailNickname: 'mallory' },
    passwordProfile: { password: mallory.password },
  })
  const secrets = new Map<string, string>()
  await using client = new RememberingClient({ ca: world.ca })
  const recovery = await setUpCodeApp(client, secrets)
  await signInWithRecoveryCode(recovery)
  await signInWithPass(secrets)
  await leaveForm(secrets)
  secrets.set('client secret of a provider', await createProvider())
  await readSessionTokens(secrets)

  const told = await everythingTold(world.graph, [
    ...['methods', 'temporaryAccessPassMethods', 'softwareOathMethods'].map((kind) => {
      return `${methods}/${kind}`
    }),
    'identity/identityProviders/canary',
  ])
  const kept = await everythingKept(world.demo.dataFolder)
  const said = new Map([
    ['output', `${world.demo.command.stdout}\n${world.demo.command.stderr}`],
    ...(await everythingSignalled()),
  ])
  for (const [place, text] of [...told, ...kept, ...said]) {
    for (const [what, secret] of secrets) {
      assert.ok(secret.length >= 8, `${what} is too short to be looked for: ${secret}`)
      assert.ok(!text.includes(secret), `${place} holds: ${what}`)
    }
  }
})

/** What operators' tools are told: metrics of both, and the spans of all requests so far. */
async function everythingSignalled(): Promise<[string, string][]> {
  await using client = new HttpClient({ ca: world.ca })
  const last = await client.request(world.home)
  const id = last.headers['x-request-id']
  await collector.trace((span) => span.attributes.get('sallyport.request.id') === id, ['resolve'])
  const signals = world.demo.ready['signals'] as Record<string, unknown>
  const told = Object.entries(signals).map(async ([name, port]): Promise<[string, string]> => {
    return [`metrics of ${name}`, (await readSignals(port, '/metrics')).text]
  })
  return [['spans', collector.said], ...(await Promise.all(told))]
}

/** Sets up an app for codes without script; resolves to one of the recovery codes that came of it. */
async function setUpCodeApp(client: HttpClient, secrets: Map<string, string>): Promise<string> {
  const account = `${world.external('login')}account`
  await signInByForms(client, account, mallory)
  const page = await client.navigate(`${account}/code-app`)
  const key = (/<code>([^<]+)/.exec(page.text)?.[1] ?? '').replaceAll(' ', '')
  const bytes = fromBase32(key)
  const code = codeAt(bytes, stepAt(Date.now()))
  const index = parseForms(page.text, page.url).findIndex((form) => form.fields.has('code'))
  const done = await client.submit(page, { code }, index)
  const codes = [...done.text.matchAll(/<li><code>([^<]+)/g)].map(([, each = '']) => each)
  assert.equal(codes.length, 10, done.text)
  secrets.set('key of the app', key)
  for (const encoding of ['latin1', 'hex', 'base64url', 'base64'] as const) {
    secrets.set(`key of the app, ${encoding}`, bytes.toString(encoding))
  }
  for (const each of codes) {
    secrets.set(`recovery code ${each.slice(0, 2)}…`, each)
    secrets.set(`recovery code ${each.slice(0, 2)}…, bare`, each.replaceAll(/\W/g, ''))
  }
  return codes[0] ?? ''
}

// RFC 4648 §6.
function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((each) => alphabet.indexOf(each).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** Once with a code that is wrong, then with this one. */
async function signInWithRecoveryCode(recovery: string): Promise<void> {
  await using client = new HttpClient({ ca: world.ca })
  let page = await client.navigate(`${world.external('login')}account`)
  const { userPrincipalName: username, password } = mallory
  page = await client.submit(page, { username, password })
  for (const code of [`${recovery}X`, recovery]) {
    const forms = parseForms(page.text, page.url)
    const index = forms.findIndex((form) => form.fields.get('step') === 'recovery')
    page = await client.submit(page, { code }, index)
  }
  assert.match(page.text, /9 recovery codes are left/)
}

/** At an application of two hosts, without script: past tickets for each of them. */
async function signInWithPass(secrets: Map<string, string>): Promise<void> {
  const made = await world.graph.call('POST', `/${methods}/temporaryAccessPassMethods`, {})
  const pass = String(made?.['temporaryAccessPass'])
  secrets.set('temporary access pass', pass)
  await using client = new RememberingClient({ ca: world.ca })
  await signInByForms(client, world.home, { ...mallory, password: pass })
  let tickets = 0
  for (const { url, text, headers } of client.answers) {
    for (const [name, value] of url.searchParams) {
      if (['to', 'code'].includes(name)) secrets.set(`${name} in a URL`, value)
    }
    for (const [, ticket = ''] of text.matchAll(/,"([\w-]{100,})"\]/g)) {
      secrets.set(`hand-over ticket ${tickets++}`, ticket)
    }
    for (const cookie of headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/)
      // The embedded provider's records have the ids that its cookies name; what proves these is the signature.
      if (/^__\w+-sallyport-(?:login|interaction|resume)$/.test(name)) continue
      // The session's id is in its row; what proves it to a host is the last part.
      const proof = value.slice(value.lastIndexOf('.') + 1)
      if (proof.length > 15) secrets.set(`cookie ${name} of ${url.host}`, proof)
    }
  }
  assert.ok(tickets > 0 && secrets.has('to in a URL') && secrets.has('code in a URL'))
}

/** A form that is posted without a session waits in the browser, and nowhere else. */
async function leaveForm(secrets: Map<string, string>): Promise<void> {
  const externalUrl = `https://forms.example.localhost:${world.port}/`
  await publish(world.graph, 'Forms', {
    ...{ externalUrl, internalUrl: 'http://127.0.0.1:1/', isFormPostPreserved: true },
  })
  await using client = new HttpClient({ ca: world.ca })
  const canary = randomBytes(18).toString('base64url')
  const body = `text=${canary}`
  const answer = await client.navigate(`${externalUrl}save`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: externalUrl.slice(0, -1),
      'sec-fetch-site': 'same-origin',
    },
    body,
  })
  const sealed = /"form":"([\w-]+)"/.exec(answer.text)?.[1]
  assert.ok(sealed, answer.text)
  secrets.set('body of a form', canary)
  secrets.set('body of a form, base64', Buffer.from(body).toString('base64'))
  secrets.set('sealed form', sealed)
}

async function createProvider(): Promise<string> {
  const clientSecret = `provider-${randomBytes(18).toString('base64url')}`
  const provider = {
    '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
    ...{ id: 'canary', displayName: 'Canary', clientId: 'sallyport', clientSecret },
    claimsMapping: { userId: 'sub', displayName: 'name', email: 'email' },
    metadataUrl: 'https://127.0.0.1:1/.well-known/openid-configuration',
    ...{ responseType: 'code', scope: 'openid' },
  }
  await world.graph.call('POST', '/identity/identityProviders', provider)
  const change = { displayName: 'Changed' }
  await world.graph.call('PATCH', '/identity/identityProviders/canary', change)
  return clientSecret
}

/** What the edge itself keeps sealed, opened with the key that lies beside the database. */
async function readSessionTokens(secrets: Map<string, string>): Promise<void> {
  const folder = join(world.demo.dataFolder, 'edge')
  const keys = await openKeys(folder)
  const vault = openTokenVault(keys)
  secrets.set('client secret of the edge', keys.providerClientSecret)
  using database = new DatabaseSync(join(folder, 'sallyport.sqlite'), { readOnly: true })
  const sessions = database.prepare('SELECT id, sealed_tokens FROM session').all()
  for (const { id, sealed_tokens } of sessions) {
    const tokens = vault.open(String(id), String(sealed_tokens))
    assert.ok(tokens?.refreshToken, 'the embedded provider gives refresh tokens')
    secrets.set(`ID token of ${id}`, tokens.idToken.slice(tokens.idToken.lastIndexOf('.') + 1))
    secrets.set(`refresh token of ${id}`, tokens.refreshToken)
  }
  assert.notEqual(sessions.length, 0)
}
