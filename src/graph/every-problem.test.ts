import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { routes } from './routes.ts'
import { instantiate, openTestApi, publishWildcard, segmentsOf, type TestApi } from './test-api.ts'

// "Invalid input: 400, every problem named with its path": two independent mistakes, both told, whatever they are.

/** A member of the body that is wrong: where, and what stands there; `undefined` leaves it out. */
type Mistake = readonly [target: string, value: unknown]

interface Writing {
  readonly route: string
  readonly path: () => string
  readonly good: () => object
  readonly mistakes: () => readonly Mistake[]
}

let api: TestApi
const made: Record<string, string> = {}
const missing = '00000000-0000-4000-8000-00000000dead'

before(async () => {
  api = await openTestApi()
  const post = async (path: string, body: object) => {
    const answer = await api.call('POST', path, body)
    assert.ok(answer.status < 300, JSON.stringify(answer.body))
    return answer.body
  }
  const password = { password: 'correct horse battery' }
  for (const name of ['ann', 'taken']) {
    const user = { displayName: name, userPrincipalName: `${name}@contoso.test` }
    made[name] = (await post('/beta/users', { ...user, passwordProfile: password })).id
  }
  for (const [name, url] of [
    ['app', 'https://app.contoso.test/'],
    ['other', 'https://other.contoso.test/'],
  ] as const) {
    made[name] = await instantiate(api, name)
    const urls = { externalUrl: url, internalUrl: `http://${name}.test/` }
    const body = { onPremisesPublishing: urls, identifierUris: [`api://${name}`] }
    await api.call('PATCH', `/beta/applications/${made[name]}`, body)
  }
  const own = (await api.call('GET', `/beta/applications/${made['app']}`)).body
  made['appId'] = own.appId
  const principals = await api.call(
    'GET',
    `/beta/servicePrincipals?$filter=appId eq '${own.appId}'`,
  )
  made['principal'] = principals.body.value[0].id
  made['complex'] = await publishWildcard(api, 'complex.test')
  const segments = segmentsOf(made['complex'])
  for (const host of ['a', 'b']) {
    const segment = {
      externalUrl: `https://${host}.complex.test/`,
      internalUrl: `http://${host}.inside.test/`,
    }
    await api.call('POST', segments, segment)
  }
  const [first] = (await api.call('GET', segments)).body.value
  made['segment'] = first.id
  made['rule'] = (
    await post(`${segments}/${first.id}/corsConfigurations`, {
      ...{ resource: '/', allowedOrigins: ['https://home.test'], allowedMethods: ['PUT'] },
    })
  ).id
  const rulesOfApp = `/beta/applications/${made['app']}/onPremisesPublishing/corsConfigurations`
  made['appRule'] = (await post(rulesOfApp, { ...rule, resource: '/app' })).id
  made['group'] = (await post('/beta/groups', { displayName: 'Staff' })).id
  for (const name of ['Berlin', 'Taken']) {
    made[name] = (await post(`${profile}/connectorGroups`, { name })).id
  }
  made['policy'] = (await post(policies, policy())).id
  made['location'] = (await post(locations, location)).id
  made['lifetime'] = (await post(lifetimes, lifetime)).id
  await post(lifetimes, { ...lifetime, isOrganizationDefault: true })
  made['provider'] = (await post(providers, provider('one'))).id
  await post(providers, provider('two'))
})
after(() => api[Symbol.asyncDispose]())

const profile = '/beta/onPremisesPublishingProfiles/applicationProxy'
const policies = '/beta/identity/conditionalAccess/policies'
const locations = '/beta/identity/conditionalAccess/namedLocations'
const lifetimes = '/beta/policies/tokenLifetimePolicies'
const providers = '/beta/identity/identityProviders'

function policy() {
  return {
    ...{ displayName: 'Everybody', state: 'disabled' },
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: [made['appId']] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  }
}
const location = {
  ...{ '@odata.type': '#microsoft.graph.ipNamedLocation', displayName: 'Office' },
  ...{ isTrusted: false, ipRanges: [{ cidrAddress: '203.0.113.0/24' }] },
}
const lifetime = {
  displayName: 'A day',
  definition: ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"08:00:00"}}'],
}
function provider(name: string) {
  return {
    '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
    ...{ id: name, displayName: name, clientId: 'sallyport', clientSecret: 'a secret of theirs' },
    ...{ issuer: `https://${name}.test`, responseType: 'code', scope: 'openid' },
  }
}

const bogus: Mistake = ['bogus', 1]
const userMistakes: readonly Mistake[] = [
  ['userPrincipalName', 'taken@contoso.test'],
  ['displayName', ''],
  ['mail', 'no address'],
  ['accountEnabled', 'yes'],
  bogus,
]
const publishingMistakes: readonly Mistake[] = [
  ['externalUrl', 'https://other.contoso.test/'],
  ['internalUrl', 'ftp://app.test/'],
  ['applicationServerTimeout', 'forever'],
  ['isInMaintenance', 'yes'],
  ['responseHeaderRules', [{ action: 'set', name: 'bad name', value: 'x' }]],
  ['headerBasedSingleSignOn', { headers: [{ name: 'Host', source: 'constant', value: 'x' }] }],
  ['corsConfigurations', [{ resource: 'no slash' }]],
  ['sessionLifetimeInSeconds', 1],
  ['verifiedCustomDomainKeyCredential', { value: 'no pfx!' }],
  bogus,
]
const segmentMistakes: readonly Mistake[] = [
  ['externalUrl', 'https://b.complex.test/'],
  ['internalUrl', 'http://b.inside.test/'],
  ['alternateUrl', 'https://elsewhere.test/'],
  ['corsConfigurations', [{ resource: '/', allowedOrigins: ['https://home.test/path'] }]],
  ['responseHeaderRules', [{ action: 'add', name: 'bad name', value: 'x' }]],
  bogus,
]
const ruleMistakes: readonly Mistake[] = [
  ['resource', 'no slash'],
  ['allowedOrigins', ['https://home.test/path']],
  ['allowedHeaders', ['bad header']],
  ['allowedMethods', ['BAD METHOD']],
  ['maxAgeInSeconds', -1],
  ['mode', 'maybe'],
  bogus,
]
const policyMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['state', 'maybe'],
  ['conditions/users/excludeUsers', [missing]],
  ['conditions/users/includeGroups', [missing]],
  ['conditions/users/includeRoles', ['no guid']],
  ['conditions/applications/includeApplications', [missing]],
  ['conditions/locations', { includeLocations: ['All'], excludeLocations: [missing] }],
  ['conditions/signInRiskLevels', ['high']],
  ['grantControls', { operator: 'OR', builtInControls: ['block', 'mfa'] }],
  bogus,
]
const locationMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['isTrusted', 'yes'],
  ['ipRanges', [{ cidrAddress: 'nowhere' }]],
  bogus,
]
const lifetimeMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['definition', ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"00:00:01"}}']],
  ['isOrganizationDefault', true],
  bogus,
]
const providerMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['issuer', 'http://two.test'],
  ['clientAuthentication', 'by hand'],
  ['groupMappings', [{ claimValue: 'staff', groupId: missing }]],
  ['linkExistingUsers', 'maybe'],
  bogus,
]
const applicationMistakes: readonly Mistake[] = [
  ['displayName', ''],
  ['identifierUris', ['api://other']],
  ['web', { homePageUrl: 'no url' }],
  ['keyCredentials', [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: 'AAAA' }]],
  bogus,
]
const principalMistakes: readonly Mistake[] = [
  ['appRoleAssignmentRequired', 'yes'],
  ['accountEnabled', 'yes'],
  ['tags', ['']],
  bogus,
]
const connectorGroupMistakes: readonly Mistake[] = [['name', 'Taken'], ['region', 'moon'], bogus]
const groupMistakes: readonly Mistake[] = [['displayName', ''], ['description', 7], bogus]

const person = {
  ...{ userPrincipalName: 'new@contoso.test', displayName: 'New', accountEnabled: true },
  passwordProfile: { password: 'correct horse battery' },
}
const urls = { externalUrl: 'https://app.contoso.test/', internalUrl: 'http://app.test/' }
const rule = { resource: '/new', allowedOrigins: ['https://home.test'] }
const none = () => ({})

const writings: readonly Writing[] = [
  {
    route: 'POST /users',
    path: () => '/beta/users',
    good: () => person,
    mistakes: () => [...userMistakes, ['passwordProfile', { password: 'short' }]],
  },
  {
    route: 'PATCH /users/:user',
    path: () => `/beta/users/${made['ann']}`,
    good: none,
    mistakes: () => userMistakes,
  },
  {
    route: 'POST /applications',
    path: () => '/beta/applications',
    good: () => ({ displayName: 'New' }),
    mistakes: () => applicationMistakes,
  },
  {
    route: 'PATCH /applications/:application',
    path: () => `/beta/applications/${made['app']}`,
    good: () => ({ onPremisesPublishing: urls }),
    mistakes: () => [
      ...applicationMistakes,
      ...publishingMistakes.map(
        ([target, value]): Mistake => [`onPremisesPublishing/${target}`, value],
      ),
    ],
  },
  {
    route: 'PATCH /applications/:application/onPremisesPublishing',
    path: () => `/beta/applications/${made['app']}/onPremisesPublishing`,
    good: () => urls,
    mistakes: () => publishingMistakes,
  },
  {
    route: 'POST applicationSegments',
    path: () => segmentsOf(made['complex'] ?? ''),
    good: () => ({ externalUrl: 'https://c.complex.test/', internalUrl: 'http://c.test/' }),
    mistakes: () => segmentMistakes,
  },
  {
    route: 'PATCH applicationSegments/:segment',
    path: () => `${segmentsOf(made['complex'] ?? '')}/${made['segment']}`,
    good: none,
    mistakes: () => segmentMistakes,
  },
  {
    route: 'POST applicationSegments/:segment/corsConfigurations',
    path: () => `${segmentsOf(made['complex'] ?? '')}/${made['segment']}/corsConfigurations`,
    good: () => rule,
    mistakes: () => ruleMistakes,
  },
  {
    route: 'PATCH applicationSegments/:segment/corsConfigurations/:rule',
    path: () =>
      `${segmentsOf(made['complex'] ?? '')}/${made['segment']}/corsConfigurations/${made['rule']}`,
    good: none,
    mistakes: () => ruleMistakes,
  },
  {
    route: 'POST onPremisesPublishing/corsConfigurations',
    path: () => `/beta/applications/${made['app']}/onPremisesPublishing/corsConfigurations`,
    good: () => rule,
    mistakes: () => ruleMistakes,
  },
  {
    route: 'PATCH onPremisesPublishing/corsConfigurations/:rule',
    path: () =>
      `/beta/applications/${made['app']}/onPremisesPublishing/corsConfigurations/${made['appRule']}`,
    good: none,
    mistakes: () => ruleMistakes,
  },
  {
    route: 'PATCH /onPremisesPublishingProfiles/applicationProxy',
    path: () => profile,
    good: none,
    mistakes: () => [['isEnabled', false], ['isDefaultAccessEnabled', true], bogus],
  },
  {
    route: 'POST temporaryAccessPassMethods',
    path: () => `/beta/users/${made['ann']}/authentication/temporaryAccessPassMethods`,
    good: none,
    mistakes: () => [
      ['lifetimeInMinutes', 1],
      ['isUsableOnce', 'yes'],
      ['startDateTime', 'noon'],
      bogus,
    ],
  },
  { route: 'POST policies', path: () => policies, good: policy, mistakes: () => policyMistakes },
  {
    route: 'PATCH policies/:policy',
    path: () => `${policies}/${made['policy']}`,
    good: none,
    mistakes: () => policyMistakes,
  },
  {
    route: 'POST evaluate',
    path: () => '/beta/identity/conditionalAccess/evaluate',
    good: () => ({
      signInIdentity: {
        '@odata.type': '#microsoft.graph.userSignIn',
        userId: made['ann'],
      },
      signInContext: {
        '@odata.type': '#microsoft.graph.applicationContext',
        includeApplications: [made['appId']],
      },
      signInConditions: {},
    }),
    mistakes: () => [
      ['signInIdentity/userId', missing],
      ['signInContext/includeApplications', [missing]],
    ],
  },
  {
    route: 'POST namedLocations',
    path: () => locations,
    good: () => location,
    mistakes: () => locationMistakes,
  },
  {
    route: 'PATCH namedLocations/:location',
    path: () => `${locations}/${made['location']}`,
    good: none,
    mistakes: () => locationMistakes,
  },
  {
    route: 'POST connectorGroups',
    path: () => `${profile}/connectorGroups`,
    good: () => ({ name: 'New' }),
    mistakes: () => connectorGroupMistakes,
  },
  {
    route: 'PATCH connectorGroups/:group',
    path: () => `${profile}/connectorGroups/${made['Berlin']}`,
    good: none,
    mistakes: () => connectorGroupMistakes,
  },
  {
    route: 'POST tokenLifetimePolicies',
    path: () => lifetimes,
    good: () => lifetime,
    mistakes: () => lifetimeMistakes,
  },
  {
    route: 'PATCH tokenLifetimePolicies/:policy',
    path: () => `${lifetimes}/${made['lifetime']}`,
    good: none,
    mistakes: () => lifetimeMistakes,
  },
  {
    route: 'POST identityProviders',
    path: () => providers,
    good: () => provider('new'),
    mistakes: () => providerMistakes,
  },
  {
    route: 'PATCH identityProviders/:provider',
    path: () => `${providers}/${made['provider']}`,
    good: none,
    mistakes: () => providerMistakes,
  },
  {
    route: 'POST /servicePrincipals',
    path: () => '/beta/servicePrincipals',
    good: () => ({ appId: made['appId'] }),
    mistakes: () => [...principalMistakes, ['appId', missing]],
  },
  {
    route: 'PATCH /servicePrincipals/:principal',
    path: () => `/beta/servicePrincipals/${made['principal']}`,
    good: none,
    mistakes: () => principalMistakes,
  },
  ...(
    [
      ['POST /servicePrincipals/:principal/appRoleAssignments', 'servicePrincipals', 'principal'],
      ['POST /users/:user/appRoleAssignments', 'users', 'ann'],
      ['POST /groups/:group/appRoleAssignments', 'groups', 'group'],
    ] as const
  ).map(
    ([route, kind, holder]): Writing => ({
      route,
      path: () => `/beta/${kind}/${made[holder]}/appRoleAssignments`,
      good: () => ({
        ...{ principalId: made[holder], resourceId: made['principal'] },
        appRoleId: '18d14569-c3bd-439b-9a66-3a2aee01d14f',
      }),
      mistakes: () => [
        ['principalId', missing],
        ['appRoleId', missing],
        ['principalType', 'Robot'],
        bogus,
      ],
    }),
  ),
  {
    route: 'POST appRoleAssignedTo',
    path: () => `/beta/servicePrincipals/${made['principal']}/appRoleAssignedTo`,
    good: () => ({
      ...{ principalId: made['ann'], resourceId: made['principal'] },
      appRoleId: '18d14569-c3bd-439b-9a66-3a2aee01d14f',
    }),
    mistakes: () => [
      ['principalId', 'nobody'],
      ['resourceId', missing],
      ['appRoleId', missing],
      bogus,
    ],
  },
  {
    route: 'POST /groups',
    path: () => '/beta/groups',
    good: () => ({ displayName: 'New' }),
    mistakes: () => groupMistakes,
  },
  {
    route: 'PATCH /groups/:group',
    path: () => `/beta/groups/${made['group']}`,
    good: none,
    mistakes: () => groupMistakes,
  },
]

function withMistakes(good: object, mistakes: readonly Mistake[]): object {
  const body = structuredClone(good) as Record<string, unknown>
  for (const [target, value] of mistakes) {
    const parts = target.split('/')
    const last = parts.pop() ?? ''
    let at = body
    for (const part of parts) {
      at[part] ??= {}
      at = at[part] as Record<string, unknown> // the bodies above have objects there
    }
    at[last] = value
  }
  return body
}

for (const { route, path, good, mistakes } of writings) {
  test(`${route} tells each of two independent mistakes with its path [G4]`, async () => {
    const all = mistakes()
    const method = route.split(' ')[0] ?? ''
    for (const [i, one] of all.entries()) {
      for (const other of all.slice(i + 1)) {
        const answer = await api.call(method, path(), withMistakes(good(), [one, other]))
        const said = JSON.stringify(answer.body)
        assert.equal(answer.status, 400, `${one} ${other} ${said}`)
        const targets = (answer.body.error.details ?? []).map(
          ({ target }: { target: string }) => target,
        )
        for (const [wanted] of [one, other]) {
          const isTold = targets.some(
            (target: string) => target === wanted || target.startsWith(`${wanted}/`),
          )
          assert.ok(isTold, `${wanted} is not told beside ${one[0]}, ${other[0]}: ${said}`)
        }
      }
    }
  })
}

// One thing in several forms, questions that change nothing, and documents, which have tests of their own.
const others =
  /^\/(?:doctor|configuration)\/|\/(?:certificates|rollBack|resetPassword|getByIds|checkMemberGroups)$/

test('every call that takes more than one property is in the table [G4]', () => {
  const known = new Set(writings.map(({ route }) => route.replace(/^(\w+) \/?/, '$1 ')))
  const missed = routes
    .filter(({ body, path }) => sizeOf(body) > 1 && !others.test(path))
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => ![...known].some((each) => isSame(route, each)))
  assert.deepEqual(missed, [])
})

function sizeOf(body: z.ZodType | undefined): number {
  return body instanceof z.ZodObject ? Object.keys(body.shape).length : body ? 2 : 0
}

function isSame(route: string, written: string): boolean {
  const [method = '', end = ''] = written.split(' ')
  return route.startsWith(`${method} `) && route.endsWith(`/${end}`)
}
