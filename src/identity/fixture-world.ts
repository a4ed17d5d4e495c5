// @peculiar/x509 expects the polyfill to be there before it is loaded.
import 'reflect-metadata'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Server } from 'node:tls'
import * as x509 from '@peculiar/x509'
import { Agent, fetch as undiciFetch } from 'undici'
import type { Clock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { PageRequest } from '../http/answer.ts'
import { fieldValue, fieldValues } from '../http/headers.ts'
import type { AccessGate, GateVerdict } from './access-gate.ts'
import type { Administration } from './administration.ts'
import { TestBrowser } from './fixture-browser.ts'
import { MemoryCounts, MemoryPeople, MemoryRecords, MemorySessions } from './fixture-stores.ts'
import type { GuardedApplication } from './guarded.ts'
import { MemoryAuthenticators, MemoryRoles, MemorySignIns } from './local/fixture-authenticators.ts'
import { send } from './local/interactions.ts'
import { hashPassword } from './local/password.ts'
import type { OnSignInEvent, SignInEvent } from './local/sign-in-event.ts'
import type { CreateApiToken } from './local/turn.ts'
import { createEmbeddedProvider } from './provider/provider.ts'
import { generateProviderKeys } from './provider/provider-keys.ts'
import type { ProviderSettings } from './relying-party/provider-settings.ts'
import { RelyingParties } from './relying-party/relying-parties.ts'
import { Seal } from './seal.ts'
import { Sessions } from './session/sessions.ts'
import { TokenVault } from './session/token-vault.ts'
import type { Revocation } from './session.ts'
import { classifyRequest } from './sign-in/classify.ts'
import { SignIn } from './sign-in/sign-in.ts'
import { embeddedProviderId } from './signed-in.ts'

/** Provider and relying party behind one real TLS listener, with a router that stands in for the edge. */
export interface World extends AsyncDisposable {
  readonly signIn: SignIn
  readonly providers: RelyingParties
  /** Reaches everything here. */
  readonly agent: Agent
  /** Good for every host here. */
  readonly identity: { readonly key: string; readonly cert: string }
  readonly sessions: Sessions
  readonly store: MemorySessions
  readonly people: MemoryPeople
  /** What the embedded provider keeps. */
  readonly records: MemoryRecords
  /** How people prove themselves, and what the provider told of their sign-ins. */
  readonly local: LocalStores
  readonly seal: Seal
  /** Milliseconds the edge's clock is ahead of the wall; or where it stands, however long requests take. */
  readonly clock: { aheadMs: number; stoppedAt?: number | undefined }
  readonly provider: { down: boolean }
  /** `https://<name>.contoso.localhost:<port>` */
  origin(name: string): string
  browser(options?: { readonly metadata: boolean }): TestBrowser
}

export const alice = { id: 'a11ce000-0000-4000-8000-000000000001', name: 'alice@contoso.test' }
export const password = 'correct horse battery'

export const clientId = 'edge'
export const clientSecret = 'a client secret of some length'

/** `applications`: name → host names (without domain). `gate`: the policies, by the world's clock; none if unsaid. */
export async function startWorld(
  applications: Readonly<Record<string, readonly string[]>>,
  gateBy?: (clock: Clock) => AccessGate,
): Promise<World> {
  const { server, sockets, port, ca, identity } = await listen()
  const origin = (name: string): string => `https://${name}.contoso.localhost:${port}`
  const agent = loopbackAgent(ca)
  const apps = Object.entries(applications).map(([name, hosts], i) =>
    application(name, hosts.map(origin), i),
  )
  const byOrigin = new Map(apps.flatMap((app) => app.origins.map((o) => [o, app] as const)))

  const clock: World['clock'] = { aheadMs: 0 }
  const now = (): number => clock.stoppedAt ?? Date.now() + clock.aheadMs
  const store = new MemorySessions()
  const people = await somePeople()
  const records = new MemoryRecords()
  const local = localStores(people, now)
  const seal = new Seal([keyOf(7)], now)
  const sessions = sessionsIn(store, now)
  const state = { down: false }
  const gate = gateBy?.(now)
  const loginOrigin = origin('login')
  const providers = partiesOf(loginOrigin, agent, now)
  const signIn = new SignIn({
    ...{ providers, loginOrigin, seal, sessions, people, arrivals: people, gate },
    lifetimeSeconds: 3600,
    clock: now,
    log: silentLog,
    knownOrigin: (o) => byOrigin.has(o),
    application: (id) => apps.find((app) => app.id === id),
  })
  const provider = createEmbeddedProvider({
    ...(await providerSettings(loginOrigin)),
    ...local,
    records,
    people,
    clock: now,
    onSessionEnded: (sid) => void sessions.end(sessionsFrom(sid)),
  })
  server.on('request', (request, response) => {
    const url = urlOf(request)
    const own = url.pathname.startsWith('/.sallyport/')
    if (url.origin !== loginOrigin) {
      const app = byOrigin.get(url.origin)
      if (!app) return send(response, { status: 404, headers: [], body: 'no such host' })
      return void serve(app, request, response, { signIn, sessions, gate })
    }
    if (own) return void readPage(request).then((page) => send(response, signIn.relay(page)))
    if (state.down) return send(response, { status: 503, headers: [], body: '' })
    provider.listener(request, response)
  })
  return {
    ...{ signIn, sessions, store, people, records, seal, local, clock, providers, agent, identity },
    provider: state,
    origin,
    browser: (options = { metadata: true }) => new TestBrowser(agent, options),
    async [Symbol.asyncDispose]() {
      await agent.close()
      await stop(server, sockets)
    },
  }
}

async function listen() {
  const { ca, ...identity } = await certificates()
  const server = createServer(identity)
  // The client lets idle connections go, so that none is cut while a busy machine sends the next request on it.
  server.keepAliveTimeout = 0
  const sockets = socketsOf(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { server, sockets, port, ca, identity }
}

interface LocalStores {
  readonly authenticators: MemoryAuthenticators
  readonly signIns: MemorySignIns
  readonly roles: MemoryRoles
  readonly firstAdministrator: MemoryRoles
  readonly createApiToken: CreateApiToken
  readonly administration: TestAdministration
  readonly secretKey: Uint8Array
  readonly events: SignInEvent[]
  readonly onSignInEvent: OnSignInEvent
}

function localStores(people: MemoryPeople, clock: Clock): LocalStores {
  const events: SignInEvent[] = []
  const roles = new MemoryRoles(people)
  return {
    authenticators: new MemoryAuthenticators(people, clock),
    signIns: new MemorySignIns(),
    ...{ roles, firstAdministrator: roles },
    createApiToken: async ({ userPrincipalName }) => `token of ${userPrincipalName}`,
    administration: { audience: 'the management API', verdict: letIn, judge: judgeByVerdict },
    secretKey: keyOf(6),
    events,
    onSignInEvent: (event) => void events.push(event),
  }
}

/** A management API about which policies say what a test wants. */
interface TestAdministration extends Administration {
  verdict: GateVerdict
}

const letIn: GateVerdict = {
  allowed: true,
  until: Number.POSITIVE_INFINITY,
  persistentBrowser: undefined,
}

function judgeByVerdict(this: TestAdministration): GateVerdict {
  return this.verdict
}

function keyOf(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte)
}

function sessionsIn(store: MemorySessions, clock: Clock): Sessions {
  const vault = new TokenVault([keyOf(8)], clock)
  return new Sessions({ store, macKey: keyOf(9), vault, clock })
}

function sessionsFrom(providerSessionId: string): Revocation {
  return { providerId: embeddedProviderId, providerSessionId }
}

function partiesOf(loginOrigin: string, agent: Agent, clock: Clock): RelyingParties {
  return new RelyingParties({ embedded: embedded(loginOrigin, agent), loginOrigin, clock })
}

function embedded(issuer: string, agent: Agent): ProviderSettings {
  return {
    ...{ id: embeddedProviderId, displayName: 'Sallyport', issuer, clientId },
    authentication: { method: 'automatic', secret: clientSecret },
    scope: 'openid profile email',
    fetch: fetchBy(agent),
  }
}

async function providerSettings(issuer: string) {
  return {
    issuer,
    failureCounts: new MemoryCounts(),
    jwks: await generateProviderKeys(),
    cookieKeys: ['a key for the cookies'],
    client: {
      id: clientId,
      secret: clientSecret,
      redirectUri: `${issuer}/.sallyport/callback`,
      postLogoutRedirectUri: `${issuer}/.sallyport/signed-out`,
    },
    log: silentLog,
  }
}

/** A browser that is asked for its password at `url`. */
export async function atLogin(world: World, url = `${world.origin('home')}/`, metadata = true) {
  const browser = world.browser({ metadata })
  const form = await browser.open(url)
  assert.match(form.body, /<input id="password"/, form.body)
  return { browser, form }
}

/** Goes back from the provider but stops at the callback on the landing host; returns its URL. */
export async function stopAtCallback(world: World, url = `${world.origin('home')}/deep?x=1`) {
  const { browser, form } = await atLogin(world, url)
  const body = new URLSearchParams({ username: alice.name, password }).toString()
  const shown = await browser.go(form.url, { method: 'POST', body, follow: 2 })
  const callback = String(shown.headers['location'])
  assert.ok(callback.startsWith(`${new URL(url).origin}/.sallyport/callback?`), callback)
  return { browser, callback }
}

/** What the edge does with a request, in short. */
async function serve(
  app: GuardedApplication,
  request: IncomingMessage,
  response: ServerResponse,
  { signIn, sessions, gate }: { signIn: SignIn; sessions: Sessions; gate: AccessGate | undefined },
): Promise<void> {
  const page = await readPage(request)
  const { url, headers, method } = page
  if (url.pathname.startsWith('/.sallyport/')) return send(response, await signIn.handle(app, page))
  const verdict = await sessions.check(app, url.host, fieldValues(headers, 'cookie'))
  const judged = 'session' in verdict ? gate?.judgeSession(app, verdict.session, page) : undefined
  if (judged?.allowed === false) {
    const { because } = judged
    return send(
      response,
      because.code === 'blocked-by-policy'
        ? { status: 403, headers: [], body: because.code }
        : signIn.begin(app, page, because.demand),
    )
  }
  if ('session' in verdict) {
    const { userPrincipalName } = verdict.session
    return send(response, {
      status: 200,
      headers: [],
      body: `${userPrincipalName} at ${url.pathname}`,
    })
  }
  const kind = classifyRequest({
    method,
    secFetchMode: fieldValue(headers, 'sec-fetch-mode'),
    secFetchDest: fieldValue(headers, 'sec-fetch-dest'),
    secFetchSite: fieldValue(headers, 'sec-fetch-site'),
    purpose: fieldValue(headers, 'sec-purpose'),
    accept: fieldValue(headers, 'accept'),
    xRequestedWith: fieldValue(headers, 'x-requested-with'),
    upgrade: fieldValue(headers, 'upgrade'),
  })
  if (kind.kind === 'navigation') return send(response, signIn.begin(app, { url, headers }))
  send(response, { status: 401, headers: [], body: verdict.refused })
}

async function readPage(request: IncomingMessage): Promise<PageRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return {
    method: request.method ?? 'GET',
    url: urlOf(request),
    headers: request.rawHeaders,
    peer: request.socket.remoteAddress ?? '',
    body: Buffer.concat(chunks).toString(),
  }
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', `https://${request.headers.host}`)
}

function application(name: string, origins: string[], i: number): GuardedApplication {
  return {
    id: `0000000${i}-0000-4000-8000-00000000000a`,
    appId: `c0ffee0${i}-0000-4000-8000-00000000000b`,
    displayName: name,
    origins,
    cookie: { httpOnly: true, secure: true, persistent: false, sameSite: 'Lax' },
    sessionLifetimeSeconds: undefined,
  }
}

async function somePeople(): Promise<MemoryPeople> {
  const people = new MemoryPeople()
  people.rows.set(alice.id, {
    id: alice.id,
    userPrincipalName: alice.name,
    displayName: 'Alice <Example>',
    mail: alice.name,
    enabled: true,
    password: await hashPassword(password),
  })
  return people
}

/** Every name leads to 127.0.0.1. */
export function loopbackAgent(ca: string): Agent {
  return new Agent({
    connect: { ca, lookup: (_, __, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
  })
}

/** `fetch` over this agent. */
export function fetchBy(agent: Agent): typeof fetch {
  return ((input: string, init: object) =>
    undiciFetch(input, { ...init, dispatcher: agent })) as unknown as typeof fetch
}

/** The sockets that stand open at this server. */
export function socketsOf(server: Server): Set<Socket> {
  const sockets = new Set<Socket>()
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

/** Closes at once, whoever is connected. */
export async function stop(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  server.close()
  for (const socket of sockets) socket.destroy()
  await once(server, 'close')
}

/** A certificate for `*.contoso.localhost` and the CA it comes from. */
export async function certificates(): Promise<{ ca: string; key: string; cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const caKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const validity = {
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  }
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Test CA',
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  })
  const cert = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=edge',
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: '*.contoso.localhost' }]),
    ],
  })
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`
  return { ca: ca.toString('pem'), key, cert: cert.toString('pem') }
}
