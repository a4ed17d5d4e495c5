import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request as send } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { temporaryFolder } from '../../test/folder.ts'
import { failed } from '../base/check.ts'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { TrailStep } from '../base/trail.ts'
import type { CorsRuleInput } from '../cors/rule.ts'
import type { Directory } from '../directory/directory.ts'
import { openDirectory } from '../directory/open.ts'
import { type Explanation, explain } from '../doctor/explain.ts'
import type { DoctorParts } from '../doctor/page-call.ts'
import { type ImaginedRequest, readRequest, type Visitor } from '../doctor/request.ts'
import { cookieKept } from '../doctor/session-cookie.ts'
import type { Sessions } from '../identity/session/sessions.ts'
import type { Session } from '../identity/session.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
import { samplePolicy } from '../policy/sample.ts'
import type { PublishingInput } from '../publishing/input.ts'
import { userRoleId } from '../publishing/registration.ts'
import { compileRoutes, type RoutedApplication } from '../publishing/route-table.ts'
import { parsePublishing } from '../publishing/validate.ts'
import { type RunningEdge, startEdge } from './edge.ts'
import { openKeys } from './keys.ts'
import { openSessions } from './sessions.ts'

// What the doctor says an edge would do, a real edge is then asked to do. No connector is there, so that what is forwarded
// comes back as `no-connector`.

const seed = Number(process.env['SALLYPORT_SEED'] ?? 5)
const numRuns = Number(process.env['SALLYPORT_RUNS'] ?? 1_200)
const change = { author: 'a test', reason: '' }

const origins = [
  ...['https://a.contoso.net', 'https://b.contoso.net', 'https://one.fabrikam.com', 'null'],
  ...['http://a.contoso.net', 'https://a.contoso.net:8443', 'https://evil.example'],
]
const paths = ['/', '/api', '/api/deep', '/API', '/apix', '/a%20b', '/%61pi/x', '/a%2Fb', '/x;y=/z']
const names = ['x-a', 'x-ms-b', 'content-type', 'authorization']
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'patch', 'OPTIONS', 'BREW']

const rules: fc.Arbitrary<readonly CorsRuleInput[]> = fc.array(
  fc.record({
    resource: fc.constantFrom('/', '/api', '/api/deep'),
    allowedOrigins: fc.subarray([...origins.slice(0, 6), 'https://*.contoso.net', '*']),
    allowedMethods: fc.subarray(['PUT', 'PATCH', 'DELETE', 'BREW', '*']),
    allowedHeaders: fc.subarray(['x-a', 'x-ms-*', 'content-type', '*']),
    allowCredentials: fc.boolean(),
    mode: fc.constantFrom('enforce', 'enforce', 'enforce', 'dryRun'),
  }),
  { maxLength: 3 },
)
const headers = fc.subarray([
  { action: 'set', name: 'Access-Control-Allow-Origin', value: '*' },
  { action: 'remove', name: 'Vary' },
  { action: 'add', name: 'X-B', value: '1' },
] as const)
const settings = fc.record({
  preAuthentication: fc.constantFrom(true, true, true, false),
  maintenance: fc.constantFrom(false, false, false, true),
  responseHeaders: headers,
})

/** Regular applications on hosts and paths of their own, beside a complex one with segments. */
const regular = fc
  .tuple(settings, rules, fc.constantFrom('/', '/api/'))
  .map(([set, corsRules, path]) => ({ ...set, corsRules, path }))
const complex = fc
  .tuple(settings, fc.array(rules, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([set, segments, allowSiblingSegments]) => ({ ...set, segments, allowSiblingSegments }))

function published(): PublishingInput[] {
  const plain = fc.sample(regular, { numRuns: 14, seed }).map(({ path, ...rest }, i) => ({
    ...rest,
    externalUrl: `https://r${i}.contoso.net${path}`,
    internalUrl: `http://r${i}.test/in/`,
  }))
  const several = fc.sample(complex, { numRuns: 6, seed }).map(({ segments, ...rest }, i) => ({
    ...rest,
    externalUrl: `https://*.c${i}.contoso.net/`,
    internalUrl: `http://*.c${i}.test/`,
    segments: segments.map((corsRules, j) => ({
      externalUrl: `https://s${j}.c${i}.contoso.net/`,
      internalUrl: `http://s${j}.c${i}.test/`,
      corsRules,
    })),
  }))
  return [...plain, ...several]
}

let directory: Directory
let edge: RunningEdge
let sessions: Sessions
let parts: DoctorParts
let people: readonly Visitor[]
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const resources = new AsyncDisposableStack()

before(async () => {
  const folder = resources.use(await temporaryFolder())
  const dataDir = folder.path
  const file = join(dataDir, 'sallyport.sqlite')
  directory = await openDirectory({ file, clock: systemClock, log: silentLog })
  resources.use(directory)
  await fill()
  edge = await startEdge(
    {
      ...{ dataDir, domain: 'edge.test', connectorHost: undefined, sessionLifetimeSeconds: 3600 },
      ...{ trustedProxies: [], host: '127.0.0.1', port: 0 },
    },
    silentLog,
  )
  resources.defer(() => edge.close(0))
  resources.defer(() => agent.destroy())
  sessions = openSessions(directory, await openKeys(dataDir))
  const { applications, access, policies } = await directory.state()
  parts = {
    ...{ applications, access, limits: directory.limits, now: Date.now() },
    routes: compileRoutes(applications),
    conditionalAccess: compileConditionalAccess(policies, applications),
    countryOf: () => undefined,
    ownOrigins: new Set(),
  }
})
after(() => resources.disposeAsync())

/** Applications, of which every second one is Ann's and every fifth one is off; a policy blocks Bob, who may enter all. */
async function fill(): Promise<void> {
  const [ann, bob] = await Promise.all(['ann', 'bob'].map(person))
  assert.ok(ann && bob)
  people = [ann, bob].map(({ id, userPrincipalName }) => {
    return { kind: 'person', id, userPrincipalName, multiFactor: true, authenticatedAt: Date.now() }
  })
  const first = await publishAll(ann.id, bob.id)
  const {
    id: _,
    createdAt: _c,
    modifiedAt: _m,
    ...policy
  } = samplePolicy({
    displayName: 'Not Bob',
    include: { people: [bob.id] },
    conditions: { applications: { include: first, exclude: [] } },
    grant: { operator: 'OR', controls: ['block'] },
  })
  const made = await directory.createAccessPolicy(policy, change)
  assert.ok(!failed(made))
}

async function person(name: string) {
  const facts = { userPrincipalName: `${name}@contoso.net`, displayName: name, mail: undefined }
  const made = await directory.createPerson({ ...facts, enabled: true }, undefined, change)
  assert.ok(!failed(made))
  return made.value
}

/** Returns the app ids that the policy is about. */
async function publishAll(annId: string, bobId: string): Promise<string[]> {
  const policed: string[] = []
  for (const [i, input] of published().entries()) {
    const { id: applicationId, appId } = await directory.createApplication(`app ${i}`, change)
    await directory.updateApplication(applicationId, change, (now) => {
      const parsed = parsePublishing(input, undefined, randomUUID)
      if (failed(parsed)) return parsed
      const registration = { ...now.registration, enabled: i % 5 !== 4 }
      return { value: { ...now, registration, publishing: parsed.value } }
    })
    if (i % 3 === 0) policed.push(appId)
    for (const principalId of i % 2 === 0 ? [annId, bobId] : [bobId]) {
      const whom = { principalId, principalType: 'User', appRoleId: userRoleId } as const
      await directory.assign({ applicationId, ...whom }, change)
    }
  }
  return policed
}

const hosts = [
  ...Array.from({ length: 15 }, (_, i) => `r${i}.contoso.net`),
  ...Array.from({ length: 6 }, (_, i) => [0, 1, 2].map((j) => `s${j}.c${i}.contoso.net`)).flat(),
]
const siblings = hosts.map((host) => `https://${host}`)

const requests = fc.record({
  host: fc.constantFrom(...hosts),
  path: fc.constantFrom(...paths),
  method: fc.constantFrom(...methods),
  origin: fc.option(fc.constantFrom(...origins, ...siblings), { nil: undefined }),
  mode: fc.constantFrom('cors', 'cors', 'cors', 'no-cors', 'navigate', 'webSocket'),
  credentials: fc.constantFrom('include', 'include', 'same-origin', 'omit'),
  preflight: fc.option(
    fc.record({ method: fc.constantFrom(...methods), names: fc.subarray(names) }),
    { nil: undefined, freq: 2 },
  ),
  who: fc.constantFrom(0, 0, 1, 2),
  bearer: fc.constantFrom(false, false, false, true),
} as const)

type Drawn = typeof requests extends fc.Arbitrary<infer Value> ? Value : never

function imagined({ host, path, preflight, who, bearer, ...drawn }: Drawn): ImaginedRequest {
  const asks = drawn.mode === 'cors' ? preflight : undefined
  const names = asks && asks.names.length > 0 ? asks.names.join(',') : undefined
  return {
    ...drawn,
    method: drawn.mode === 'webSocket' ? 'GET' : asks ? 'OPTIONS' : drawn.method,
    url: `https://${host}${path}`,
    headers: [
      ...(asks ? ['Access-Control-Request-Method', asks.method] : []),
      ...(names === undefined ? [] : ['Access-Control-Request-Headers', names]),
      // Nobody's, so that the doctor need not believe it.
      ...(bearer && who === 2 ? ['Authorization', 'Bearer rubbish'] : []),
    ],
    visitor: people[who] ?? { kind: 'nobody' },
    ipAddress: '127.0.0.1',
  } as ImaginedRequest
}

const cookies = new Map<string, Promise<string>>()

/** The cookie that the person's browser has for this host. */
function cookieFor(app: RoutedApplication, visitor: Visitor, host: string): Promise<string> {
  assert.ok(visitor.kind === 'person')
  const key = `${app.id} ${visitor.id} ${host}`
  const known = cookies.get(key) ?? signIn(app, visitor, host)
  cookies.set(key, known)
  return known
}

async function signIn(
  { id: applicationId, ...app }: RoutedApplication,
  { id: personId, userPrincipalName }: Extract<Visitor, { kind: 'person' }>,
  host: string,
): Promise<string> {
  const now = Date.now()
  const session: Session = {
    id: randomBytes(32).toString('base64url'),
    ...{ personId, userPrincipalName, displayName: userPrincipalName, applicationId },
    ...{
      providerId: 'embedded',
      providerSessionId: undefined,
      amr: ['pwd', 'mfa'],
      acr: undefined,
    },
    ...{ createdAt: now, expiresAt: now + 3_600_000, authenticatedAt: now, verifiedAt: now },
    ...{ claims: {}, refreshable: false, seenAt: now },
  }
  await directory.sessions.create(session, 'sealed tokens')
  const written = sessions.cookieFor({ ...app, id: applicationId }, session, host)
  return written.split(';', 1)[0] ?? ''
}

interface Answered {
  readonly status: number
  readonly code: string | undefined
  readonly headers: readonly string[]
  readonly requestId: string | undefined
}

/** What the edge does with the same request. */
async function ask(asked: ImaginedRequest, { found }: Explanation): Promise<Answered | undefined> {
  const read = readRequest(asked)
  if ('because' in read) return undefined
  const { visitor } = asked
  const app = found?.route.application
  const isSent = app && visitor.kind === 'person' && cookieKept(read, app) === undefined
  const cookie = isSent ? await cookieFor(app, visitor, read.authority.host) : undefined
  const own = cookie === undefined ? [] : ['Cookie', cookie]
  const socket = asked.mode === 'webSocket' ? ['Sec-WebSocket-Key', socketKey] : []
  const call = send({
    ...{ host: '127.0.0.1', port: edge.port, servername: '', rejectUnauthorized: false, agent },
    ...{ method: asked.method, path: read.target.path + read.target.query },
    headers: ['Host', read.written, ...read.headers, ...socket, ...own],
  })
  call.end()
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  const body = await text(answer)
  const { statusCode: status = 0, rawHeaders, headers } = answer
  const requestId = headers['x-request-id'] as string | undefined
  return { status, code: codeIn(body), headers: rawHeaders, requestId }
}

const socketKey = 'dGhlIHNhbXBsZSBub25jZQ=='

function codeIn(body: string): string | undefined {
  if (body.startsWith('{')) return (JSON.parse(body) as { error: { code: string } }).error.code
  return /, ([a-z-]+)<br>/.exec(body)?.[1]
}

function endingOf({ ending }: Explanation): string {
  if (ending.kind === 'forwarded') return '503 no-connector'
  if (ending.kind === 'sign-in') return '302'
  return ending.kind === 'answered' ? `${ending.status} ${ending.code ?? ''}`.trim() : ending.kind
}

function corsFields(headers: readonly string[]): string {
  const fields: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    // A star exposes the names that the answer has, which the doctor does not write whole.
    if (name === 'access-control-expose-headers') continue
    if (name.startsWith('access-control-')) fields.push(`${name}: ${headers[i + 1]}`)
  }
  return fields.sort().join('\n')
}

/** What decided, without what had nothing to decide and what comes after the decisions. */
function decisions(steps: readonly TrailStep[]): readonly string[] {
  return steps
    .filter(({ step, verdict }) => verdict !== 'skipped' && step !== 'forward' && step !== 'answer')
    .map(({ step, verdict, code = '' }) => `${step} ${verdict} ${code}`.trim())
}

/** The requests that the edge remembers, as administrators see them: id → decisions. */
async function remembered(): Promise<ReadonlyMap<string, readonly string[]>> {
  const call = send({
    ...{ host: '127.0.0.1', port: edge.port, servername: 'localhost', rejectUnauthorized: false },
    path: '/beta/requests?$top=999',
    headers: [
      ...['Host', `localhost:${edge.port}`],
      ...['Authorization', `Bearer ${await edge.createToken(60)}`],
    ],
  })
  call.end()
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  const body = await text(answer)
  assert.equal(answer.statusCode, 200, body)
  const { value } = JSON.parse(body) as {
    value: { id: string; steps: readonly TrailStep[] }[]
  }
  return new Map(value.map(({ id, steps }) => [id, decisions(steps)]))
}

test('what explain says, the edge does and tells of live requests: status, code, CORS headers and decisions, at random [D1]', async () => {
  const endings = new Map<string, number>()
  const trails = new Map<string, readonly string[]>()
  const property = fc.asyncProperty(requests, async (drawn) => {
    const asked = imagined(drawn)
    const told = explain(parts, asked)
    const done = await ask(asked, told)
    if (!done) return
    const ending = endingOf(told)
    endings.set(ending, (endings.get(ending) ?? 0) + 1)
    // Pages without a code and answers to HEAD say their status alone.
    const shown = done.code === undefined ? `${done.status}` : `${done.status} ${done.code}`
    assert.equal(shown, done.code === undefined ? ending.slice(0, 3) : ending)
    if (done.requestId !== undefined) trails.set(done.requestId, decisions(told.steps))
    if (told.ending.kind !== 'answered') return
    assert.equal(corsFields(done.headers), corsFields(told.ending.headers))
  })
  await fc.assert(property, { numRuns, seed })
  let compared = 0
  for (const [id, live] of await remembered()) {
    const told = trails.get(id)
    if (!told) continue
    assert.deepEqual(live, told)
    compared += 1
  }
  assert.ok(compared > 300, `${compared}`)
  assert.ok(endings.size > 12, [...endings.keys()].join(', '))
})
