import assert from 'node:assert/strict'
import { test } from 'node:test'
import type * as Graph from '@microsoft/microsoft-graph-types-beta'
import { noIdentityHeaders } from '../../publishing/identity-header.ts'
import type { toGraphPolicy } from './access-policy.ts'
import type { toGraphApplication, toGraphServicePrincipal } from './application.ts'
import type { toGraphAssignment } from './assignment.ts'
import type { toGraphAudit } from './audit.ts'
import type { toGraphConnector, toGraphConnectorGroup } from './connector.ts'
import type { toGraphGroup } from './group.ts'
import type { toGraphProvider } from './identity-provider.ts'
import type { toGraphLocation } from './named-location.ts'
import type { toGraphUser } from './person.ts'
import {
  toGraphPublishing,
  type toGraphRule,
  type toGraphSegment,
  toGraphSegmentsConfiguration,
} from './publishing.ts'
import type { toGraphSignIn } from './sign-in.ts'
import type { toGraphTokenLifetimePolicy } from './token-lifetime.ts'
import type { toGraphWhatIf } from './what-if.ts'

/** Compiles only when everything we answer is what Graph's own types say. Extensions may come on top. */
type Fits<Ours extends Theirs, Theirs> = Ours

type Written<Write extends (...parts: never) => unknown> = ReturnType<Write>

export type Held = [
  Fits<Written<typeof toGraphApplication>, Graph.Application>,
  Fits<Written<typeof toGraphServicePrincipal>, Graph.ServicePrincipal>,
  Fits<Written<typeof toGraphPublishing>, Graph.OnPremisesPublishing>,
  Fits<Written<typeof toGraphSegmentsConfiguration>, Graph.WebSegmentConfiguration>,
  Fits<Written<typeof toGraphRule>, Graph.CorsConfiguration_v2>,
  Fits<Written<typeof toGraphSegment>, Graph.WebApplicationSegment>,
  Fits<Written<typeof toGraphConnector>, Graph.Connector>,
  Fits<Written<typeof toGraphConnectorGroup>, Graph.ConnectorGroup>,
  Fits<Omit<Written<typeof toGraphAssignment>, 'createdDateTime'>, Graph.AppRoleAssignment>,
  Fits<Written<typeof toGraphUser>, Graph.User>,
  Fits<Written<typeof toGraphGroup>, Graph.Group>,
  Fits<
    Omit<Written<typeof toGraphProvider>, 'claimsMapping' | 'clientSecret'>,
    Graph.OpenIdConnectIdentityProvider
  >,
  Fits<Written<typeof toGraphProvider>['claimsMapping'], Graph.ClaimsMapping>,
  Fits<Written<typeof toGraphAudit>, Graph.DirectoryAudit>,
  Fits<
    Omit<
      Written<typeof toGraphSignIn>,
      | 'appliedConditionalAccessPolicies'
      | 'userDisplayName'
      | 'userPrincipalName'
      | 'userId'
      | 'servicePrincipalId'
      | 'servicePrincipalName'
    >,
    Graph.SignIn
  >,
  Fits<Written<typeof toGraphPolicy>, Graph.ConditionalAccessPolicy>,
  Fits<Written<typeof toGraphLocation>, Graph.IpNamedLocation | Graph.CountryNamedLocation>,
  Fits<Written<typeof toGraphWhatIf>, Graph.WhatIfAnalysisResult>,
  Fits<Written<typeof toGraphTokenLifetimePolicy>, Graph.TokenLifetimePolicy>,
]

const segment = {
  id: '2f0a7d1f-2c8e-4f7f-9c57-0b5d1f9c3b11',
  externalUrl: 'https://home.contoso.net/',
  internalUrl: 'http://home.test/',
  alternateUrl: undefined,
  corsRules: [],
  responseHeaders: [],
}

test('both segment shapes answer under the names of the published types [G1] [G2]', () => {
  const names = Object.keys(toGraphSegmentsConfiguration([segment]).applicationSegments[0] ?? {})
  const theirs = ['id', 'externalUrl', 'internalUrl', 'alternateUrl', 'corsConfigurations'] as const
  theirs satisfies readonly (keyof Graph.WebApplicationSegment)[]
  assert.deepEqual(names.sort(), [...theirs, 'responseHeaderRules'].sort())
})

test('nothing of the published type of onPremisesPublishing is left unsaid but what is undocumented [G1]', () => {
  const answered = toGraphPublishing({
    externalUrl: undefined,
    internalUrl: undefined,
    alternateUrl: undefined,
    preAuthentication: true,
    backendTimeout: 'default',
    translateHostHeader: true,
    translateLinksInBody: false,
    useAlternateUrl: false,
    validateBackendCertificate: true,
    backendHttp2: false,
    cookie: { httpOnly: true, secure: true, persistent: false },
    segments: [segment],
    corsRules: [],
    allowSiblingSegments: false,
    whenNoSegments: 'wildcard',
    responseHeaders: [],
    maintenance: false,
    preserveForms: false,
    injectSessionScript: false,
    sessionLifetimeSeconds: undefined,
    identityHeaders: noIdentityHeaders,
    forwardAccessToken: false,
  })
  // The type of every name that Graph knows and we do not answer: the compiler lists them.
  const unsaid: Record<Exclude<keyof Graph.OnPremisesPublishing, keyof typeof answered>, true> = {
    wafAllowedHeaders: true,
    wafIpRanges: true,
    wafProvider: true,
  }
  for (const name of Object.keys(unsaid)) assert.ok(!(name in answered))
})
