import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { routes } from './routes.ts'
import { instantiate, openTestApi, publishWildcard, segmentsOf, type TestApi } from './test-api.ts'
import {
  applicationMistakes,
  bogus,
  connectorGroupMistakes,
  groupMistakes,
  lifetime,
  lifetimeMistakes,
  lifetimes,
  location,
  locationMistakes,
  locations,
  type Mistake,
  missing,
  person,
  policies,
  policyMistakes,
  principalMistakes,
  profile,
  provider,
  providerMistakes,
  providers,
  publishingMistakes,
  rule,
  ruleMistakes,
  segmentMistakes,
  urls,
  userMistakes,
  withMistakes,
} from './test-mistakes.ts'

// "Invalid input: 400, every problem named with its path": two independent mistakes, both told, whatever they are.

interface Writing {
  readonly route: string
  readonly path: () => string
  readonly good: () => object
  readonly mistakes: () => readonly Mistake[]
}

let api: TestApi
const made: Record<string, string> = {}

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
  made['appRule'] = (await post(rulesOfApp(), { ...rule, resource: '/app' })).id
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
const segment = () => `${segmentsOf(made['complex'] ?? '')}/${made['segment']}`
const rulesOfApp = () => `/beta/applications/${made['app']}/onPremisesPublishing/corsConfigurations`
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
    path: segment,
    good: none,
    mistakes: () => segmentMistakes,
  },
  {
    route: 'POST applicationSegments/:segment/corsConfigurations',
    path: () => `${segment()}/corsConfigurations`,
    good: () => rule,
    mistakes: () => ruleMistakes,
  },
  {
    route: 'PATCH applicationSegments/:segment/corsConfigurations/:rule',
    path: () => `${segment()}/corsConfigurations/${made['rule']}`,
    good: none,
    mistakes: () => ruleMistakes,
  },
  {
    route: 'POST onPremisesPublishing/corsConfigurations',
    path: rulesOfApp,
    good: () => rule,
    mistakes: () => ruleMistakes,
  },
  {
    route: 'PATCH onPremisesPublishing/corsConfigurations/:rule',
    path: () => `${rulesOfApp()}/${made['appRule']}`,
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
