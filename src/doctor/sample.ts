import { compileConditionalAccess, type PolicySources } from '../policy/compile.ts'
import type { Application } from '../publishing/application.ts'
import { compileRoutes } from '../publishing/route-table.ts'
import { sampleApplication } from '../publishing/sample.ts'
import type { DoctorParts, PageCall } from './page-call.ts'
import type { ImaginedRequest } from './request.ts'

// For tests: the seed's complex application, and two separate ones that call each other.

export const home = 'https://home.contoso.net'
export const assets = 'https://assets.contoso.net'
export const client = 'https://corswebclient.contoso.com'
export const service = 'https://corswebservice.contoso.com'

export const complex = sampleApplication('complex', {
  externalUrl: 'https://*.contoso.net/',
  internalUrl: 'http://*.test.com/',
  segments: [
    { id: 'home', externalUrl: `${home}/`, internalUrl: 'https://home.test.com/' },
    {
      id: 'assets',
      externalUrl: `${assets}/`,
      internalUrl: 'https://assets.test.com/',
      corsRules: [
        {
          id: 'rule',
          resource: '/',
          allowedOrigins: [home],
          allowedMethods: ['PUT'],
          allowedHeaders: ['x-listed'],
        },
      ],
    },
  ],
})
export const webClient = sampleApplication('webclient', {
  externalUrl: `${client}/`,
  internalUrl: 'http://contoso.com/CORSWebClient/',
})
export const webService = sampleApplication('webservice', {
  externalUrl: `${service}/`,
  internalUrl: 'http://contoso.com/CORSWebService/',
})
export const sampleApplications: readonly Application[] = [complex, webClient, webService]

export const ann = { id: 'ann', userPrincipalName: 'ann@contoso.net' }

const noPolicies: PolicySources = {
  policies: [],
  locations: [],
  groupMembers: new Map(),
  roleHolders: new Map(),
}

/** What an edge would decide from that publishes these; Ann is assigned to all of them. */
export function sampleParts(
  applications: readonly Application[] = sampleApplications,
  sources: PolicySources = noPolicies,
): DoctorParts {
  return {
    applications,
    limits: { maxSegments: 50, reservedHosts: new Set() },
    routes: compileRoutes(applications),
    access: {
      assigned: new Map(applications.map(({ id }) => [id, new Set([ann.id])])),
      openToAll: new Set(),
    },
    conditionalAccess: compileConditionalAccess(sources, applications),
    countryOf: () => undefined,
    ownOrigins: new Set(['https://login.contoso.net']),
    now: 1_000,
  }
}

/** A call of a page at `home` to `assets`, changed as said. */
export function sampleRequest(change: Partial<ImaginedRequest> = {}): ImaginedRequest {
  return {
    method: 'GET',
    url: `${assets}/x`,
    origin: home,
    headers: [],
    mode: 'cors',
    credentials: 'include',
    visitor: { kind: 'person', ...ann, multiFactor: true, authenticatedAt: 1_000 },
    ipAddress: undefined,
    ...change,
  }
}

/** The same call as the page makes it, by somebody who is let in. */
export function sampleCall(change: Partial<PageCall> = {}): PageCall {
  return {
    pageUrl: `${home}/page`,
    targetUrl: `${assets}/x`,
    method: 'GET',
    headers: [],
    credentials: 'include',
    mode: 'cors',
    visitor: { kind: 'anybody' },
    ipAddress: undefined,
    backend: undefined,
    ...change,
  }
}
