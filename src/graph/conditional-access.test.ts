import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Answered, instantiate, openTestApi } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const path = '/beta/identity/conditionalAccess'
const applicationId = await instantiate(api)
const { appId } = (await api.call('GET', `/beta/applications/${applicationId}`)).body
const ann = (
  await api.call('POST', '/beta/users', {
    userPrincipalName: 'ann@contoso.test',
    displayName: 'Ann',
    passwordProfile: { password: 'a long enough pass phrase' },
  })
).body
const sales = (await api.call('POST', '/beta/groups', { displayName: 'Sales' })).body
const office = (
  await api.call('POST', `${path}/namedLocations`, {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    displayName: 'Office',
    isTrusted: true,
    ipRanges: [
      { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '12.34.221.11/22' },
      {
        '@odata.type': '#microsoft.graph.iPv6CidrRange',
        cidrAddress: '2001:0:9d38:90d6:0:0:0:0/63',
      },
    ],
  })
).body

// The shape of the documentation's first example, with what there is here.
const mfa = {
  displayName: 'Access to Contoso requires MFA',
  state: 'enabled',
  conditions: {
    clientAppTypes: ['browser', 'mobileAppsAndDesktopClients'],
    applications: { includeApplications: [appId, 'MicrosoftAdminPortals'] },
    users: { includeGroups: [sales.id], excludeUsers: [ann.id] },
    locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted', office.id] },
    platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS', 'windowsPhone'] },
  },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  sessionControls: { signInFrequency: { value: 4, type: 'hours', isEnabled: true } },
}

const everybody = {
  users: { includeUsers: ['All'] },
  applications: { includeApplications: ['All'] },
}
const blockAll = {
  displayName: 'Nobody',
  state: 'enabledForReportingButNotEnforced',
  conditions: { ...everybody, clientAppTypes: ['all'] },
  grantControls: { operator: 'OR', builtInControls: ['block'] },
}

function targets({ body }: Answered): string[] {
  return body.error.details.map((detail: { target: string }) => detail.target)
}

async function create(body: object): Promise<Answered> {
  const answer = await api.call('POST', `${path}/policies`, body)
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer
}

test('a policy comes back as it was sent, in full, and is in the list [G1] [S8]', async () => {
  const { body } = await create(mfa)
  assert.equal(
    body['@odata.context'],
    'https://api.contoso.test/beta/$metadata#identity/conditionalAccess/policies/$entity',
  )
  const { conditions } = body
  assert.deepEqual(conditions.applications.includeApplications, [appId, 'MicrosoftAdminPortals'])
  assert.deepEqual(conditions.users.includeGroups, [sales.id])
  assert.deepEqual(conditions.users.excludeUsers, [ann.id])
  assert.deepEqual(conditions.users.includeUsers, [])
  assert.deepEqual(conditions.locations, mfa.conditions.locations)
  assert.deepEqual(conditions.platforms, mfa.conditions.platforms)
  assert.deepEqual(conditions.clientAppTypes, mfa.conditions.clientAppTypes)
  assert.deepEqual(body.grantControls.builtInControls, ['mfa'])
  assert.equal(body.sessionControls.signInFrequency.value, 4)
  assert.equal(body.sessionControls.signInFrequency.frequencyInterval, 'timeBased')
  assert.equal(body.modifiedDateTime, null)
  const { '@odata.context': _, ...item } = body
  const listed = await api.call('GET', `${path}/policies?$filter=state eq 'enabled'`)
  assert.deepEqual(listed.body.value, [item])
  assert.equal((await api.call('DELETE', `${path}/policies/${body.id}`)).status, 204)
  assert.equal((await api.call('GET', `${path}/policies/${body.id}`)).status, 404)
})

test('what a GET gave can be sent back, and changes nothing [G1] [G4]', async () => {
  const { body } = await create(mfa)
  const at = `${path}/policies/${body.id}`
  const { '@odata.context': _, ...sent } = (await api.call('GET', at)).body
  const before = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')
  assert.equal((await api.call('PATCH', at, sent)).status, 204)
  const { '@odata.context': __, ...kept } = (await api.call('GET', at)).body
  assert.deepEqual(kept, sent)
  const now = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')
  assert.deepEqual(now.body, before.body)
  const again = await create(sent)
  assert.notEqual(again.body.id, body.id)
  for (const { id } of [body, again.body]) await api.call('DELETE', `${path}/policies/${id}`)
})

test('a PATCH changes what it names and leaves the rest; null takes a condition away [G1]', async () => {
  const { body } = await create(mfa)
  const at = `${path}/policies/${body.id}`
  await api.call('PATCH', at, {
    state: 'disabled',
    conditions: { locations: null, users: { excludeUsers: [] } },
    sessionControls: null,
  })
  const now = (await api.call('GET', at)).body
  assert.equal(now.state, 'disabled')
  assert.equal(now.conditions.locations, null)
  assert.deepEqual(now.conditions.users.includeGroups, [sales.id])
  assert.deepEqual(now.conditions.users.excludeUsers, [])
  assert.deepEqual(now.conditions.platforms, mfa.conditions.platforms)
  assert.equal(now.sessionControls, null)
  assert.deepEqual(now.grantControls.builtInControls, ['mfa'])
  assert.notEqual(now.modifiedDateTime, null)
  const audit = (await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')).body.value[0]
  assert.equal(audit.activityDisplayName, 'access-policy.update')
  assert.equal(audit.category, 'Policy')
  assert.equal(audit.targetResources[0].displayName, mfa.displayName)
  await api.call('DELETE', at)
})

const none = '00000000-0000-0000-0000-000000000000'
const { users, applications } = everybody
const wrong = [
  ['a policy without conditions', { conditions: undefined }, ['conditions']],
  ['an unknown state', { state: 'on' }, ['state']],
  [
    'everything besides a name, and nothing besides one',
    {
      conditions: {
        users: { includeUsers: ['None', ann.id] },
        applications: { includeApplications: ['All', appId] },
        clientAppTypes: ['all', 'browser'],
      },
    },
    [
      'conditions/users/includeUsers',
      'conditions/applications/includeApplications',
      'conditions/clientAppTypes',
    ],
  ],
  ['no users', { conditions: { applications } }, ['conditions/users/includeUsers']],
  ['no applications', { conditions: { users } }, ['conditions/applications/includeApplications']],
  [
    'people, groups and roles that are not there, all of them named',
    {
      conditions: {
        ...everybody,
        users: { includeUsers: [ann.id, none], includeGroups: [none], excludeRoles: [none] },
      },
    },
    [
      'conditions/users/includeUsers/1',
      'conditions/users/includeGroups/0',
      'conditions/users/excludeRoles/0',
    ],
  ],
  [
    'guests',
    {
      conditions: {
        applications,
        users: { includeUsers: ['GuestsOrExternalUsers'], includeGuestsOrExternalUsers: {} },
      },
    },
    ['conditions/users/includeUsers/0', 'conditions/users/includeGuestsOrExternalUsers'],
  ],
  [
    'Office 365',
    { conditions: { users, applications: { includeApplications: ['Office365'] } } },
    ['conditions/applications/includeApplications/0'],
  ],
  [
    'user actions',
    {
      conditions: {
        users,
        applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
      },
    },
    ['conditions/applications/includeUserActions', 'conditions/applications/includeApplications'],
  ],
  [
    'risks',
    { conditions: { ...everybody, signInRiskLevels: ['high'], userRiskLevels: ['low'] } },
    ['conditions/signInRiskLevels', 'conditions/userRiskLevels'],
  ],
  [
    'devices',
    { conditions: { ...everybody, devices: { deviceFilter: { mode: 'include' } } } },
    ['conditions/devices'],
  ],
  [
    'an unknown condition',
    { conditions: { ...everybody, moonPhases: ['full'] } },
    ['conditions/moonPhases'],
  ],
  [
    'a location that is not there',
    { conditions: { ...everybody, locations: { includeLocations: [none] } } },
    ['conditions/locations/includeLocations/0'],
  ],
  [
    'locations without any included',
    { conditions: { ...everybody, locations: { excludeLocations: ['AllTrusted'] } } },
    ['conditions/locations/includeLocations'],
  ],
  [
    'an unknown platform',
    { conditions: { ...everybody, platforms: { includePlatforms: ['beos'] } } },
    ['conditions/platforms/includePlatforms/0'],
  ],
  [
    'a compliant device',
    { grantControls: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] } },
    ['grantControls/builtInControls/1'],
  ],
  [
    'an authentication strength',
    { grantControls: { operator: 'OR', authenticationStrength: { id: none } } },
    ['grantControls/authenticationStrength', 'grantControls/builtInControls'],
  ],
  [
    'terms of use',
    { grantControls: { operator: 'OR', builtInControls: ['mfa'], termsOfUse: [none] } },
    ['grantControls/termsOfUse'],
  ],
  [
    'a block with something besides',
    { grantControls: { operator: 'OR', builtInControls: ['block', 'mfa'] } },
    ['grantControls/builtInControls'],
  ],
  ['no control at all', { grantControls: null }, ['grantControls']],
  [
    'a frequency without unit and value',
    { grantControls: null, sessionControls: { signInFrequency: { isEnabled: true } } },
    ['sessionControls/signInFrequency/type', 'sessionControls/signInFrequency/value'],
  ],
  [
    'a frequency of nothing',
    { grantControls: null, sessionControls: { signInFrequency: { value: 0, type: 'hours' } } },
    ['sessionControls/signInFrequency/value'],
  ],
  [
    'every time and every hour',
    {
      grantControls: null,
      sessionControls: {
        signInFrequency: { frequencyInterval: 'everyTime', value: 1, type: 'hours' },
      },
    },
    ['sessionControls/signInFrequency/value', 'sessionControls/signInFrequency/type'],
  ],
  [
    'a persistent browser for one application',
    {
      conditions: { users, applications: { includeApplications: [appId] } },
      grantControls: null,
      sessionControls: { persistentBrowser: { mode: 'always', isEnabled: true } },
    },
    ['sessionControls/persistentBrowser'],
  ],
  [
    'Defender for Cloud Apps',
    { sessionControls: { cloudAppSecurity: { isEnabled: true } } },
    ['sessionControls/cloudAppSecurity'],
  ],
] as const
for (const [what, change, expected] of wrong) {
  test(`${what}: refused at ${expected.join(' and ')}, nothing changed [S8] [G4]`, async () => {
    const before = (await api.call('GET', `${path}/policies`)).body
    const answer = await api.call('POST', `${path}/policies`, { ...blockAll, ...change })
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error.code, 'Request_BadRequest')
    assert.deepEqual(targets(answer), expected, answer.body.error.message)
    assert.deepEqual((await api.call('GET', `${path}/policies`)).body, before)
  })
}

test('a policy may go on naming what is gone meanwhile, and lets nobody else in by it', async () => {
  const gone = (await api.call('POST', '/beta/groups', { displayName: 'Gone' })).body
  const conditions = { ...everybody, users: { includeUsers: ['All'], excludeGroups: [gone.id] } }
  const { body } = await create({ ...blockAll, conditions })
  await api.call('DELETE', `/beta/groups/${gone.id}`)
  const at = `${path}/policies/${body.id}`
  assert.equal((await api.call('PATCH', at, { state: 'disabled' })).status, 204)
  await api.call('DELETE', at)
})

const roles = [
  ['Policy.Read.All', 'GET', 200],
  ['Policy.Read.All', 'POST', 403],
  ['Policy.ReadWrite.ConditionalAccess', 'GET', 200],
  ['Policy.ReadWrite.ConditionalAccess', 'POST', 400],
  ['Application.ReadWrite.All', 'GET', 403],
] as const
for (const [role, method, status] of roles) {
  test(`${role} gives ${status} to a ${method} of policies [G3]`, async () => {
    await using limited = await openTestApi(Date.now, {
      authorize: async () => ({ name: 'somebody', roles: [role] }),
    })
    const body = method === 'POST' ? {} : undefined
    assert.equal((await limited.call(method, `${path}/policies`, body)).status, status)
  })
}

/** Resolves to its appId. */
async function publishPassthrough(): Promise<string> {
  const application = `/beta/applications/${await instantiate(api, 'Open to all')}`
  const onPremisesPublishing = {
    externalAuthenticationType: 'passthru',
    externalUrl: 'https://open.contoso.net/',
    internalUrl: 'http://open.test.com/',
  }
  assert.equal((await api.call('PATCH', application, { onPremisesPublishing })).status, 204)
  return (await api.call('GET', application)).body.appId
}

test('what if: which policies would apply to a sign-in, and why the others would not; none where nobody is known [S8]', async () => {
  const made = [
    await create({ ...mfa, conditions: { ...mfa.conditions, users: { includeUsers: ['All'] } } }),
    await create({ ...mfa, displayName: 'Not Ann' }),
    await create({ ...blockAll, state: 'disabled', displayName: 'Off' }),
    await create({ ...blockAll, displayName: 'Report only' }),
  ].map(({ body }) => body.id)
  // The documentation's first example.
  const question = {
    signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: ann.id },
    signInContext: {
      '@odata.type': '#microsoft.graph.applicationContext',
      includeApplications: [appId],
    },
    signInConditions: {
      devicePlatform: 'android',
      clientAppType: 'browser',
      signInRiskLevel: 'high',
      userRiskLevel: 'high',
      country: 'US',
      ipAddress: '40.77.182.32',
      insiderRiskLevel: 'elevated',
      authenticationFlow: { transferMethod: 'deviceCodeFlow' },
      deviceInfo: { isCompliant: true },
    },
  }
  const ask = async (change: object) =>
    (await api.call('POST', `${path}/evaluate`, { ...question, ...change })).body
  const { value, '@odata.context': context } = await ask({})
  assert.match(context, /#Collection\(microsoft\.graph\.whatIfAnalysisResult\)$/)
  const told = (found: readonly { displayName: string; analysisReasons: string }[]) =>
    Object.fromEntries(found.map((each) => [each.displayName, each.analysisReasons]))
  assert.deepEqual(told(value), {
    [mfa.displayName]: 'notSet',
    'Not Ann': 'users',
    Off: 'policyNotEnabled',
    'Report only': 'notSet',
  })
  for (const { policyApplies, analysisReasons } of value) {
    assert.equal(policyApplies, analysisReasons === 'notSet')
  }
  const applied = await ask({ appliedPoliciesOnly: true })
  assert.equal(applied.value.length, 2)
  const trusted = await ask({
    signInConditions: { ...question.signInConditions, ipAddress: '12.34.220.1' },
  })
  assert.equal(told(trusted.value)[mfa.displayName], 'location')
  const unsaid = await ask({ signInConditions: {} })
  assert.equal(told(unsaid.value)[mfa.displayName], 'notEnoughInformation')
  const passthrough = await publishPassthrough()
  const signInContext = { ...question.signInContext, includeApplications: [passthrough] }
  assert.deepEqual(told((await ask({ signInContext })).value), {
    ...{ [mfa.displayName]: 'application', 'Not Ann': 'application' },
    ...{ Off: 'policyNotEnabled', 'Report only': 'application' },
  })
  const workload = await api.call('POST', `${path}/evaluate`, {
    ...question,
    signInIdentity: { '@odata.type': '#microsoft.graph.servicePrincipalSignIn' },
  })
  assert.deepEqual(targets(workload), ['signInIdentity/@odata.type'])
  for (const id of made) await api.call('DELETE', `${path}/policies/${id}`)
})
