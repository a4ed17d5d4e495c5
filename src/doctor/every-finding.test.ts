import assert from 'node:assert/strict'
import { test } from 'node:test'
import { samplePolicy, sources } from '../policy/sample.ts'
import { sampleApplication } from '../publishing/sample.ts'
import { examine } from './examine.ts'
import { type FindingId, findingTexts } from './findings.ts'
import type { DoctorParts, PageCall } from './page-call.ts'
import {
  ann,
  assets,
  client,
  home,
  sampleApplications,
  sampleCall,
  sampleParts,
  service,
} from './sample.ts'

const allow = 'Access-Control-Allow-Origin'
const credentials = ['Access-Control-Allow-Credentials', 'true']
const person = { kind: 'person', ...ann, multiFactor: false, authenticatedAt: 1_000 } as const
const bob = { ...person, id: 'bob', userPrincipalName: 'bob@contoso.net' }
const seed = { pageUrl: `${client}/`, targetUrl: `${service}/x` }
const put = { method: 'PUT' } as const

/** Answers itself, preflights included. */
const open = sampleApplication('open', {
  externalUrl: 'https://open.contoso.net/',
  internalUrl: 'http://open.test/',
  preAuthentication: false,
})
const others = [
  open,
  sampleApplication('paths', {
    externalUrl: 'https://paths.contoso.net/app/',
    internalUrl: 'http://paths.test/',
    maintenance: true,
  }),
  sampleApplication('closed', {
    externalUrl: 'https://*.fabrikam.com/',
    internalUrl: 'http://*.fabrikam.test/',
    whenNoSegments: 'closed',
  }),
  sampleApplication('rules', {
    externalUrl: 'https://rules.contoso.net/',
    internalUrl: 'http://rules.test/',
    corsRules: [
      { resource: '/', allowedOrigins: [home], allowedMethods: ['PUT'] },
      { resource: '/long', allowedOrigins: ['https://x.example'] },
      { resource: '/dry', allowedOrigins: ['https://y.example'] },
      { resource: '/dry', allowedOrigins: [home], allowedMethods: ['*'], mode: 'dryRun' },
      {
        resource: '/none',
        allowedOrigins: [home],
        allowedMethods: ['PUT'],
        allowCredentials: false,
      },
      { resource: '/far', allowedOrigins: [client], allowedMethods: ['PUT'] },
    ],
  }),
  sampleApplication('narrow', {
    externalUrl: 'https://narrow.contoso.net/',
    internalUrl: 'http://narrow.test/',
    corsRules: [{ resource: '/api', allowedOrigins: [home], allowedMethods: ['PUT'] }],
  }),
]
const off = sampleApplication('off', {
  externalUrl: 'https://off.contoso.net/',
  internalUrl: 'http://off.test/',
})
const disabled = { ...off, registration: { ...off.registration, enabled: false } }
const applications = [...sampleApplications, ...others, disabled]
const parts = sampleParts(applications)
const policed = (control: 'block' | 'mfa') => {
  const policy = samplePolicy({ grant: { operator: 'OR', controls: [control] } })
  return sampleParts(applications, { ...sources, policies: [policy] })
}

/** A passthrough application that answers the call, and its preflight, like this. */
function answering(status: number, headers: readonly string[], preflight?: readonly string[]) {
  const backend = { status, headers, preflight: preflight && { status, headers: preflight } }
  return { targetUrl: 'https://open.contoso.net/x', backend }
}
const allowed = [allow, home, ...credentials]
const at = (url: string) => ({ targetUrl: `https://${url}`, ...put })

const cases: Readonly<Record<FindingId, Partial<PageCall>>> = {
  'no-rule': { ...seed, ...put },
  'origin-not-allowed': { pageUrl: 'https://b.contoso.net/', ...put },
  'method-not-allowed': { method: 'PATCH' },
  'header-not-allowed': { ...put, headers: ['X-New', '1'] },
  'credentials-not-allowed': at('rules.contoso.net/none'),
  'near-origin': { pageUrl: 'https://homes.contoso.net/', ...put },
  'method-case': { method: 'patch' },
  'rule-elsewhere': at('narrow.contoso.net/other'),
  'rule-shadowed': at('rules.contoso.net/long'),
  'rule-in-dry-run': at('rules.contoso.net/dry'),
  'no-allow-origin': seed,
  'wildcard-with-credentials': answering(200, [allow, '*']),
  'several-allow-origins': answering(200, [allow, home, allow, home]),
  'invalid-allow-origin': answering(200, [allow, 'home.contoso.net']),
  'other-allow-origin': answering(200, [allow, assets]),
  'no-allow-credentials': answering(200, [allow, home]),
  'preflight-status': { ...put, ...answering(404, allowed) },
  'preflight-redirect': { ...put, ...answering(301, ['Location', '/y']) },
  'preflight-method-missing': { ...put, ...answering(200, allowed) },
  'preflight-header-missing': { headers: ['X-A', '1'], ...answering(200, allowed) },
  'preflight-lists-malformed': {
    ...put,
    ...answering(200, [...allowed, 'Access-Control-Allow-Methods', 'P UT']),
  },
  'redirect-to-sign-in': answering(302, [...allowed, 'Location', 'https://idp.example/authorize']),
  'redirect-elsewhere': answering(302, [...allowed, 'Location', 'https://cdn.example/x']),
  'redirect-with-credentials': answering(302, [...allowed, 'Location', 'https://a:b@c.example/']),
  'unsupported-scheme': answering(302, [...allowed, 'Location', 'data:,x']),
  'signed-out': { visitor: { kind: 'nobody' } },
  'session-expired': { visitor: { kind: 'expired' } },
  'credentials-omitted': { credentials: 'omit' },
  'credentials-not-included': { credentials: 'same-origin' },
  'cookie-cross-site': { pageUrl: 'https://a.example/' },
  'third-party-cookie': at('rules.contoso.net/far'),
  'token-refused': { visitor: { kind: 'nobody' }, headers: ['Authorization', 'Bearer x'] },
  'not-assigned': { visitor: bob },
  'blocked-by-policy': { visitor: person },
  'stronger-sign-in-needed': { visitor: person },
  'in-maintenance': at('paths.contoso.net/app/x'),
  'application-disabled': at('off.contoso.net/x'),
  'host-not-published': { targetUrl: 'https://api.example/' },
  'path-not-published': at('paths.contoso.net/x'),
  'segment-not-listed': at('other.contoso.net/'),
  'no-segments': at('a.fabrikam.com/'),
  'request-refused': { targetUrl: `${assets}/a%2Fb` },
  'internal-url-called': { targetUrl: 'https://assets.test.com/x' },
  'mixed-content': { targetUrl: 'http://assets.contoso.net/' },
  'local-network': { targetUrl: 'https://10.0.0.5/' },
  'forbidden-method': { method: 'TRACE' },
  'application-unreachable': { unanswered: 'It refuses the connection.' },
  'vary-missing': answering(200, allowed),
  'opaque-answer': { mode: 'no-cors' },
  'web-socket-origin': { mode: 'webSocket', pageUrl: 'https://b.contoso.net/' },
  'page-redirected': { openedAt: 'https://old.contoso.net/' },
  'same-origin': { targetUrl: '/x' },
}

const partsOf: { readonly [Id in FindingId]?: DoctorParts } = {
  'blocked-by-policy': policed('block'),
  'stronger-sign-in-needed': policed('mfa'),
}

for (const [id, change] of Object.entries(cases) as [FindingId, Partial<PageCall>][]) {
  test(`the doctor finds “${findingTexts[id].title}” [D2]`, () => {
    const call = sampleCall(change)
    const targetUrl = new URL(call.targetUrl, call.pageUrl).href
    const page = id === 'third-party-cookie' ? { pageUrl: `${client}/` } : {}
    const { findings } = examine(partsOf[id] ?? parts, { ...call, targetUrl, ...page })
    assert.ok(
      findings.some((each) => each.id === id),
      findings.map((each) => each.id).join(' '),
    )
    for (const { explanation } of findings) assert.match(explanation, /\S\.$/)
  })
}
