import { silentLog } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import { openDirectory } from '../directory/open.ts'
import type { ProbeSender } from '../doctor/exchanges.ts'
import { createClientKey } from '../identity/relying-party/client-keys.ts'
import { checkAnswer } from './answer-check.ts'
import type { GraphOptions, ProviderDesk } from './call.ts'
import { createGraph } from './graph.ts'
import type { RequestDesk } from './request-desk.ts'
import type { EdgeFacts } from './resource/edge.ts'
import { graphLimits, Throttle } from './throttle.ts'

/** What came back, with the body read. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  /** Whatever JSON came; tests look into it and fail where it is not as they expect. */
  readonly body: ReturnType<typeof JSON.parse>
}

/** The API over a real directory in memory, for tests. */
export interface TestApi extends AsyncDisposable {
  readonly directory: Directory
  fetch(request: Request): Promise<Response>
  call(method: string, path: string, body?: unknown, headers?: object): Promise<Answered>
}

/** Providers that all answer; a sealed secret shows that it is one. */
export const testProviders: ProviderDesk = {
  sealSecret: (id, secret) => `sealed for ${id}: ${secret.length} characters`,
  createKey: () => createClientKey(() => 'a sealed key', Date.now()),
  redirectUri: (id) => `https://login.contoso.test/.sallyport/callback/${id}`,
  keysUrl: (id) => `https://login.contoso.test/.sallyport/client-jwks/${id}`,
  probe: async () => undefined,
}

/** An edge that nobody has asked for anything. */
export const noRequests: RequestDesk = {
  list: async () => [],
  find: async () => undefined,
  watch: () => undefined,
}

const unreachable = async () => ({ failure: 'no-connector', sentence: 'Nothing is there.' })

/** An edge without listener and connectors. */
export const noProbe: ProbeSender = { throughEdge: unreachable, toApplication: unreachable }

/** An edge for contoso.test with one port. */
export const testEdge: EdgeFacts = {
  version: '0.0.1',
  startedDateTime: '2026-11-22T08:00:00.000Z',
  domain: 'contoso.test',
  ports: [{ port: 443, protocol: 'https' }],
  hosts: {
    portal: 'https://portal.contoso.test',
    myApps: 'https://myapps.contoso.test',
    signIn: 'https://login.contoso.test',
    managementApi: 'https://graph.contoso.test',
    connectors: 'https://graph.contoso.test',
  },
  certificateAuthorityFingerprint: 'ab12',
  processCount: 1,
  sessionLifetimeInSeconds: 28_800,
  signInLogRetentionInDays: 30,
  auditLogRetentionInDays: 365,
  acmeDirectory: null,
  limits: { http1: { headSeconds: 20 } },
}

const baseUrl = 'https://api.contoso.test'

// Token → permissions.
const callers: Readonly<Record<string, readonly string[]>> = {
  administrator: ['Directory.ReadWrite.All'],
  applications: ['Application.ReadWrite.All'],
  profiles: ['OnPremisesPublishingProfiles.ReadWrite.All'],
  reader: ['Directory.Read.All', 'Policy.Read.All'],
  nobody: [],
}

/** Opens it; the token of a caller is the caller's name, and `administrator` may do everything. */
export async function openTestApi(
  clock: () => number = Date.now,
  change: Partial<GraphOptions> = {},
): Promise<TestApi> {
  const directory = await openDirectory({ file: ':memory:', clock, log: silentLog })
  const { fetch } = createGraph({
    directory,
    authorize: async (token) => {
      const roles = callers[token]
      return roles && { name: `${token}@contoso.test`, roles }
    },
    connectorStatus: () => 'active',
    connectorHealth: () => [],
    edgeAddress: { host: 'edge.contoso.test:443', caFingerprint: 'ab12' },
    edge: testEdge,
    enrolmentToken: ({ edge, ca, secret }) => `sp1.${edge}.${ca}.${secret}`,
    providers: testProviders,
    servedPorts: { https: [443], http: [80] },
    countryOf: () => undefined,
    ownOrigins: new Set(),
    requests: noRequests,
    probe: noProbe,
    // What a key becomes shows in no answer; that it is none, tests look for.
    sealKey: ({ thumbprint }) => `sealed ${thumbprint}`,
    hashTemporaryPass: (code) => `hash of ${code}`,
    throttle: new Throttle(graphLimits, clock),
    clock,
    log: silentLog,
    baseUrl,
    ...change,
  })
  return {
    directory,
    fetch,
    call: async (method, path, body, headers) => {
      const response = await fetch(buildRequest(method, path, body, headers))
      const text = await response.text()
      const { status, headers: answered } = response
      // What goes well is what the row of its route says, in every test.
      const answer = { status, headers: answered, body: text === '' ? undefined : JSON.parse(text) }
      checkAnswer(method, new URL(path, baseUrl), answer)
      return answer
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

function buildRequest(method: string, path: string, body: unknown, headers?: object): Request {
  return new Request(`${baseUrl}${path}`, {
    method,
    headers: {
      authorization: 'Bearer administrator',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

/** The original's template for applications of one's own. */
export const template = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'

/** A fresh application; returns its object id. */
export async function instantiate(api: TestApi, displayName = 'Contoso'): Promise<string> {
  const path = `/beta/applicationTemplates/${template}/instantiate`
  const { body } = await api.call('POST', path, { displayName })
  return body.application.id
}

/** A published wildcard application `https://*.contoso.net/`; returns its path. */
export async function publishWildcard(api: TestApi, domain = 'contoso.net'): Promise<string> {
  const path = `/beta/applications/${await instantiate(api, domain)}`
  const urls = { externalUrl: `https://*.${domain}/`, internalUrl: 'http://*.test.com/' }
  await api.call('PATCH', path, { onPremisesPublishing: urls })
  return path
}

/** Where the segments of an application stand. */
export function segmentsOf(application: string): string {
  const web = 'segmentsConfiguration/microsoft.graph.webSegmentConfiguration'
  return `${application}/onPremisesPublishing/${web}/applicationSegments`
}

/** The complex-application document of the original's own page, as printed there. */
export const seedSegments = [
  {
    externalUrl: 'https://home.contoso.net/',
    internalUrl: 'https://home.test.com/',
    alternateUrl: '',
    corsConfigurations: [],
  },
  {
    externalUrl: 'https://assets.constoso.net/',
    internalUrl: 'https://assets.test.com',
    alternateUrl: '',
    corsConfigurations: [
      {
        resource: '/',
        allowedOrigins: ['https://home.contoso.net/'],
        allowedHeaders: ['*'],
        allowedMethods: ['*'],
        maxAgeInSeconds: 0,
      },
    ],
  },
]
