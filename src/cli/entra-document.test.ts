import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { convertExport } from './entra-document.ts'
import { type EntraExport, readExport } from './entra-export.ts'
import type { Resource } from './resource.ts'

function read(...names: readonly string[]): EntraExport {
  const all = names.map((name) => {
    const file = new URL(`fixture-entra/${name}`, import.meta.url)
    return readExport(name, JSON.parse(readFileSync(file, 'utf8')))
  })
  return {
    objects: all.flatMap(({ objects }) => objects),
    problems: all.flatMap(({ problems }) => problems),
  }
}

const everything = read('applications.json', 'people.json', 'powershell.json')
const map = new Map([['msappproxy.net', 'apps.contoso.com']])
const { document, report } = convertExport(everything, map)
const parts = document as Readonly<Record<string, readonly Resource[]>>
const [intranet, shop, ...others] = parts['applications'] ?? []

test('of an export come the web applications that are published, and nothing else [G6]', () => {
  assert.deepEqual(Object.keys(parts), [
    'version',
    'connectorGroups',
    'users',
    'groups',
    'applications',
  ])
  assert.equal(intranet?.['displayName'], 'Intranet')
  assert.equal(shop?.['displayName'], 'Shop')
  assert.deepEqual(others, [])
})

test('a regular application is taken with its settings, roles, flags, connector group and those who may enter [G6]', () => {
  assert.deepEqual(intranet, {
    displayName: 'Intranet',
    appRoles: [
      {
        ...{ id: 'cccccccc-0000-4000-8000-000000000001', displayName: 'Editor' },
        ...{ description: 'may write', value: 'editor', isEnabled: true },
        allowedMemberTypes: ['User'],
      },
    ],
    tags: [
      'WindowsAzureActiveDirectoryIntegratedApp',
      'WindowsAzureActiveDirectoryOnPremApp',
      'HideApp',
    ],
    ...{ accountEnabled: true, appRoleAssignmentRequired: true, connectorGroup: 'Berlin' },
    onPremisesPublishing: {
      externalUrl: 'https://intranet-contoso.apps.contoso.com/',
      internalUrl: 'https://intranet/',
      applicationServerTimeout: 'Default',
      externalAuthenticationType: 'aadPreAuthentication',
      ...{ isBackendCertificateValidationEnabled: true, isHttpOnlyCookieEnabled: false },
      ...{ isPersistentCookieEnabled: false, isSecureCookieEnabled: true },
      ...{ isTranslateHostHeaderEnabled: true, isTranslateLinksInBodyEnabled: true },
      useAlternateUrlForTranslationAndRedirect: false,
    },
    assignments: [
      { user: 'adele@contoso.com', role: 'User' },
      { group: 'Staff', role: 'editor' },
    ],
  })
  assert.deepEqual(parts['connectorGroups'], [{ name: 'Berlin', region: 'eur' }])
})

test('a complex application is taken with its segments and rules, in the words of the samples [G2] [G6]', () => {
  const published = shop?.['onPremisesPublishing'] as Resource
  assert.deepEqual(published['onPremisesApplicationSegments'], [
    {
      externalUrl: 'https://home.contoso.net/',
      internalUrl: 'https://home.test.com/',
      corsConfigurations: [],
    },
    {
      externalUrl: 'https://assets.contoso.net/',
      internalUrl: 'https://assets.test.com',
      corsConfigurations: [
        {
          resource: '/',
          allowedOrigins: ['https://home.contoso.net'],
          ...{ allowedHeaders: ['*'], allowedMethods: ['*'], maxAgeInSeconds: 3000 },
        },
        {
          resource: '/none',
          ...{ allowedOrigins: [], allowedHeaders: [], allowedMethods: [], maxAgeInSeconds: 0 },
        },
      ],
    },
  ])
})

test('people and groups come as far as they are assigned, or are in a group that is', () => {
  assert.deepEqual(parts['users'], [
    {
      userPrincipalName: 'adele@contoso.com',
      displayName: 'Adele Vance',
      mail: 'adele@contoso.com',
    },
    { userPrincipalName: 'alex@contoso.com', displayName: 'Alex Wilber', accountEnabled: false },
  ])
  assert.deepEqual(parts['groups'], [
    {
      displayName: 'Staff',
      description: 'everybody',
      users: ['alex@contoso.com'],
      groups: ['Night shift'],
    },
    { displayName: 'Night shift' },
  ])
})

const told = [
  ['open', 'people.json: responses/2/body', /Authorization_RequestDenied/],
  [
    'changed',
    'applications.json: value/0/onPremisesPublishing/externalUrl',
    /becomes https:\/\/intranet-contoso\.apps\.contoso\.com\//,
  ],
  [
    'changed',
    'applications.json: value/0/onPremisesPublishing/isContinuousAccessEvaluationEnabled',
    /always on/,
  ],
  [
    'left',
    'applications.json: value/0/onPremisesPublishing/singleSignOnSettings/singleSignOnMode',
    /Kerberos/,
  ],
  [
    'left',
    'applications.json: value/1/onPremisesPublishing/singleSignOnSettings/singleSignOnMode',
    /which headers/,
  ],
  ['left', 'applications.json: value/1/onPremisesPublishing/trafficRoutingMethod', /least busy/],
  [
    'left',
    'applications.json: value/1/onPremisesPublishing/verifiedCustomDomainCertificatesMetadata',
    /CN=\*\.contoso\.net/,
  ],
  ['left', 'applications.json: value/3/onPremisesPublishing/applicationType', /Private Access/],
  ['left', 'powershell.json: 1/preferredSingleSignOnMode', /SAML/],
  ['left', 'powershell.json: 4', /Guest .*not in the export/],
  ['left', 'powershell.json: 7', /proxy01.*installed anew/],
  ['changed', 'applications.json: value/1/connectorGroup', /gets the default one/],
  ['left', 'people.json: responses/1/body/value/1', /members are not in the export/],
] as const
for (const [kind, path, said] of told) {
  test(`the report tells of ${path}, which is ${kind} [G6]`, () => {
    const entry = report.find((each) => each.path === path)
    assert.equal(entry?.kind, kind)
    assert.match(entry.message, said)
  })
}

test('the report tells of nothing else', () => {
  const paths = told.map(([, path]): string => path)
  assert.deepEqual(
    report.map(({ path }) => path).filter((path) => !paths.includes(path)),
    [],
  )
})

test('a name of Entra’s that nobody mapped has to be decided on [G6]', () => {
  const { report } = convertExport(read('applications.json'), new Map())
  const open = report.find(({ kind }) => kind === 'open')
  assert.equal(open?.path, 'applications.json: value/0/onPremisesPublishing/externalUrl')
  assert.match(open.fix ?? '', /--domain-map msappproxy\.net=/)
})

test('segments and rules that come as pages of their own belong to their application [G2]', () => {
  const base = 'https://graph.microsoft.com/beta/$metadata#applications('
  const web = 'onPremisesPublishing/segmentsConfiguration/microsoft.graph.webSegmentConfiguration'
  const pages = [
    {
      id: 'one',
      displayName: 'A',
      onPremisesPublishing: { externalUrl: 'https://*.a.test/', internalUrl: 'http://*.b.test/' },
    },
    {
      '@odata.context': `${base}'one')/${web}/applicationSegments`,
      value: [
        {
          id: 's1',
          externalUrl: 'https://x.a.test/',
          internalUrl: 'http://x.b.test/',
          alternateUrl: '',
        },
      ],
    },
    {
      '@odata.context': `${base}'one')/${web}/applicationSegments('s1')/corsConfigurations`,
      value: [
        {
          id: 'c1',
          resource: '/r',
          allowedOrigins: ['https://y.a.test'],
          allowedHeaders: [],
          allowedMethods: ['PUT'],
          maxAgeInSeconds: 0,
        },
      ],
    },
    {
      '@odata.context': `${base}'one')/connectorGroup/$entity`,
      id: 'g',
      name: 'Berlin',
      connectorGroupType: 'applicationProxy',
      isDefault: false,
    },
  ]
  const { document } = convertExport(readExport('pages.json', pages), new Map())
  const [application] = document['applications'] as Resource[]
  assert.equal(application?.['connectorGroup'], 'Berlin')
  const text = JSON.stringify(application)
  assert.match(text, /"externalUrl":"https:\/\/x\.a\.test\/".*"resource":"\/r"/)
})

test('anything at all is read without a fall, and what is nothing is told as nothing', () => {
  for (const value of [
    null,
    1,
    'x',
    [],
    {},
    [[[[[[[[{}]]]]]]]],
    { value: [null, 7] },
    { value: {} },
  ]) {
    const { document } = convertExport(readExport('x.json', value), new Map())
    assert.deepEqual(document, { version: 1 })
  }
})
