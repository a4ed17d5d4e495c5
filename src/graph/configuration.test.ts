import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instantiate, openTestApi, seedSegments, type TestApi } from './test-api.ts'

async function good(api: TestApi, method: string, path: string, body?: unknown) {
  const answer = await api.call(method, path, body)
  assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

const locations = '/beta/identity/conditionalAccess/namedLocations'
const policies = '/beta/identity/conditionalAccess/policies'

/** Something of everything. */
async function fill(api: TestApi): Promise<void> {
  const profile = '/beta/onPremisesPublishingProfiles/applicationProxy/connectorGroups'
  const group = await good(api, 'POST', profile, { name: 'Plant', region: 'eur' })
  const password = 'correct horse battery staple'
  const ann = await good(api, 'POST', '/v1.0/users', {
    ...{ userPrincipalName: 'ann@contoso.com', displayName: 'Ann', mail: 'ann@contoso.com' },
    passwordProfile: { password },
  })
  const staff = await good(api, 'POST', '/v1.0/groups', { displayName: 'Staff' })
  const all = await good(api, 'POST', '/v1.0/groups', { displayName: 'Everybody' })
  const reference = (id: string) => ({ '@odata.id': `https://x/v1.0/directoryObjects/${id}` })
  await good(api, 'POST', `/v1.0/groups/${staff.id}/members/$ref`, reference(ann.id))
  await good(api, 'POST', `/v1.0/groups/${all.id}/members/$ref`, reference(staff.id))
  const roles = await good(api, 'GET', '/v1.0/directoryRoles')
  const admin = roles.value[0].id
  await good(api, 'POST', `/v1.0/directoryRoles/${admin}/members/$ref`, reference(ann.id))
  const office = await good(api, 'POST', locations, {
    ...{ '@odata.type': '#microsoft.graph.ipNamedLocation', displayName: 'Office' },
    ...{ isTrusted: true, ipRanges: [{ cidrAddress: '10.0.0.0/8' }] },
  })
  const lifetime = await good(api, 'POST', '/beta/policies/tokenLifetimePolicies', {
    displayName: 'Short',
    definition: ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"00:30:00"}}'],
  })
  await good(api, 'POST', '/beta/identity/identityProviders', {
    ...{ id: 'corp', displayName: 'Corp', clientId: 'sallyport', issuer: 'https://issuer.test' },
    clientAuthentication: 'private_key_jwt',
    groupMappings: [{ claimValue: 'staff', groupId: staff.id }],
  })
  const robot = await instantiate(api, 'Robot')
  const { appId: robotAppId } = await good(api, 'GET', `/beta/applications/${robot}`)
  const wiki = await instantiate(api, 'Wiki')
  const path = `/beta/applications/${wiki}`
  const home = seedSegments[0]
  await good(api, 'PATCH', path, {
    tags: ['hr'],
    web: { homePageUrl: 'https://home.contoso.net/', redirectUris: ['https://home.contoso.net/x'] },
    requiredResourceAccess: [{ resourceAppId: robotAppId, resourceAccess: [] }],
    appRoles: [
      {
        ...{ id: '5f0c3a77-25e4-4a9e-9a4e-111111111111', displayName: 'Editors', value: 'editor' },
        ...{ description: 'They edit', allowedMemberTypes: ['User', 'Application'] },
      },
    ],
    onPremisesPublishing: {
      externalUrl: 'https://*.contoso.net/',
      internalUrl: 'http://*.test.com/',
      onPremisesApplicationSegments: [
        {
          ...home,
          corsConfigurations: [{ resource: '/', allowedOrigins: ['https://www.contoso.net'] }],
        },
      ],
      responseHeaderRules: [{ action: 'remove', name: 'Server' }],
      identityProviderId: 'corp',
      sessionLifetimeInSeconds: 3600,
    },
  })
  const ref = { '@odata.id': `https://x/beta/connectorGroups/${group.id}` }
  await good(api, 'PUT', `${path}/connectorGroup/$ref`, ref)
  await good(api, 'POST', `${path}/tokenLifetimePolicies/$ref`, {
    '@odata.id': `https://x/beta/policies/tokenLifetimePolicies/${lifetime.id}`,
  })
  const { value } = await good(api, 'GET', '/beta/servicePrincipals')
  const [principal, client] = ['Wiki', 'Robot'].map(
    (name) => value.find((each: { displayName: string }) => each.displayName === name).id,
  )
  const at = `/beta/servicePrincipals/${principal}`
  await good(api, 'PATCH', at, { appRoleAssignmentRequired: false })
  const appRoleId = '5f0c3a77-25e4-4a9e-9a4e-111111111111'
  for (const principalId of [ann.id, staff.id, client]) {
    const assignment = { principalId, resourceId: principal, appRoleId }
    await good(api, 'POST', `${at}/appRoleAssignedTo`, assignment)
  }
  const management = await good(
    api,
    'GET',
    "/beta/servicePrincipals?$filter=appId eq '00000003-0000-0000-c000-000000000000'",
  )
  await good(api, 'POST', `/beta/servicePrincipals/${client}/appRoleAssignments`, {
    principalId: client,
    resourceId: management.value[0].id,
    appRoleId: management.value[0].appRoles[0].id,
  })
  for (const owned of [`applications/${wiki}`, `groups/${staff.id}`]) {
    for (const owner of [ann.id, client]) {
      await good(api, 'POST', `/beta/${owned}/owners/$ref`, reference(owner))
    }
  }
  await good(api, 'POST', policies, {
    ...{ displayName: 'Second factor', state: 'enabled' },
    conditions: {
      users: { includeGroups: [staff.id], excludeUsers: [ann.id], includeRoles: [admin] },
      applications: { includeApplications: [robotAppId, 'MicrosoftAdminPortals'] },
      locations: { includeLocations: ['All'], excludeLocations: [office.id, 'AllTrusted'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    sessionControls: { signInFrequency: { isEnabled: true, type: 'hours', value: 4 } },
  })
}

const read = (api: TestApi, query = '') => good(api, 'GET', `/beta/configuration${query}`)
const apply = (api: TestApi, body: object) => api.call('POST', '/beta/configuration/apply', body)
const diff = (api: TestApi, document: object, prune = false) =>
  good(api, 'POST', '/beta/configuration/diff', { document, prune })

test('a document that was written and is applied again changes nothing, with ids and without [G6]', async () => {
  await using api = await openTestApi()
  await fill(api)
  for (const query of ['', '?include=ids', '?include=users', '?include=ids,users']) {
    const document = await read(api, query)
    const { changes, issues } = await diff(api, document, true)
    assert.deepEqual([changes, issues], [[], []], query)
    const applied = await apply(api, { document, prune: true })
    assert.equal(applied.status, 200)
    assert.deepEqual([applied.body.changes, applied.body.revisionId], [[], null])
    assert.equal(applied.headers.get('sallyport-revision'), null)
    assert.equal(JSON.stringify(await read(api, query)), JSON.stringify(document))
  }
})

test('on an empty directory the document makes the same configuration, in one revision [G4] [G6]', async () => {
  await using from = await openTestApi()
  await fill(from)
  const document = await read(from, '?include=users')
  await using to = await openTestApi()
  const applied = await apply(to, { document })
  assert.equal(applied.status, 200, JSON.stringify(applied.body))
  assert.deepEqual(await read(to, '?include=users'), document)
  const { revisionId } = applied.body
  assert.equal(applied.headers.get('sallyport-revision'), revisionId)
  const { value } = await good(to, 'GET', '/beta/revisions')
  assert.equal(value.length, 1)
  assert.equal(value[0].changeCount, applied.body.changes.length)
})

test('the roll-back of a document unmakes all of it [G4] [G6]', async () => {
  await using from = await openTestApi()
  await fill(from)
  // The last administrator would stay.
  const { directoryRoles: _, ...document } = await read(from, '?include=users')
  await using to = await openTestApi()
  const empty = await read(to, '?include=users')
  const applied = await apply(to, { document })
  await good(to, 'POST', `/beta/revisions/${applied.body.revisionId}/rollBack`, {})
  assert.deepEqual(await read(to, '?include=users'), empty)
})

test('the document names things, and holds no id and no secret [G6]', async () => {
  await using api = await openTestApi()
  await fill(api)
  const document = await read(api)
  const wiki = document.applications.find(
    (each: { displayName: string }) => each.displayName === 'Wiki',
  )
  assert.equal(wiki.connectorGroup, 'Plant')
  assert.equal(wiki.tokenLifetimePolicy, 'Short')
  assert.deepEqual(wiki.assignments, [
    { application: 'Robot', role: 'editor' },
    { group: 'Staff', role: 'editor' },
    { user: 'ann@contoso.com', role: 'editor' },
  ])
  assert.equal(wiki.requiredResourceAccess[0].resource, 'Robot')
  const [{ conditions }] = document.conditionalAccessPolicies
  assert.deepEqual(conditions.users.includeGroups, ['Staff'])
  assert.deepEqual(conditions.users.includeRoles, ['Global Administrator'])
  assert.deepEqual(conditions.applications.includeApplications, ['Robot', 'MicrosoftAdminPortals'])
  assert.deepEqual(conditions.locations.excludeLocations, ['Office', 'AllTrusted'])
  assert.equal(document.users, undefined)
  const text = JSON.stringify(document).replaceAll('5f0c3a77-25e4-4a9e-9a4e-111111111111', '')
  assert.doesNotMatch(text, /[0-9a-f]{8}-[0-9a-f]{4}-/)
  assert.doesNotMatch(text, /sealed|hash|secret/i)
})

test('a change in the document is the change that is made, and nothing else [G6]', async () => {
  await using api = await openTestApi()
  await fill(api)
  const document = await read(api)
  const wiki = document.applications.find(
    (each: { displayName: string }) => each.displayName === 'Wiki',
  )
  wiki.onPremisesPublishing.onPremisesApplicationSegments[0].corsConfigurations[0].maxAgeInSeconds = 60
  document.groups.push({ displayName: 'New', users: ['ann@contoso.com'] })
  const { changes } = await diff(api, document)
  assert.deepEqual(
    changes.map((each: { resource: string; displayName: string; change: string }) => [
      ...[each.resource, each.displayName, each.change],
    ]),
    [
      ['group', 'New', 'created'],
      ['groupMember', 'ann@contoso.com → New', 'created'],
      ['application', 'Wiki', 'updated'],
    ],
  )
  const [difference] = changes[2].diff
  assert.match(difference.path, /\/corsConfigurations\/[0-9a-f-]{36}\/maxAgeInSeconds$/)
  assert.deepEqual([difference.before, difference.after], [0, 60])
  assert.equal(changes[2].diff.length, 1)
  const dry = await apply(api, { document, dryRun: true })
  assert.deepEqual(dry.body.changes.length, changes.length)
  assert.equal((await diff(api, document)).changes.length, changes.length)
})

test('what the document does not list goes with prune, and stays without [G6]', async () => {
  await using api = await openTestApi()
  await fill(api)
  const document = await read(api)
  const smaller = {
    ...document,
    groups: document.groups.filter((each: { displayName: string }) => each.displayName === 'Staff'),
    applications: document.applications.map((each: object) => ({ ...each, assignments: [] })),
  }
  assert.deepEqual((await diff(api, smaller)).changes, [])
  const { changes, issues } = await diff(api, smaller, true)
  assert.deepEqual(issues, [])
  assert.deepEqual(
    changes.map((each: { resource: string; displayName: string; change: string }) => [
      ...[each.resource, each.displayName, each.change],
    ]),
    [
      ['appRoleAssignment', 'ann@contoso.com → Wiki', 'deleted'],
      ['appRoleAssignment', 'Staff → Wiki', 'deleted'],
      ['appRoleAssignment', 'Robot → Wiki', 'deleted'],
      ['groupMember', 'Staff → Everybody', 'deleted'],
      ['group', 'Everybody', 'deleted'],
    ],
  )
  // A part that is not in the document is nobody's business.
  assert.deepEqual((await diff(api, { groups: document.groups }, true)).changes, [])
})

test('every issue is told at once with its place in the document, and nothing is changed [G4] [G6]', async () => {
  await using api = await openTestApi()
  await fill(api)
  const before = JSON.stringify(await read(api))
  const document = {
    version: 1,
    groups: [{ displayName: 'New', users: ['nobody@contoso.com'] }],
    identityProviders: [
      { id: 'corp', groupMappings: [{ claimValue: 'x', group: 'Nothing' }] },
      { id: 'new', displayName: 'New', clientId: 'x', issuer: 'https://new.test' },
    ],
    applications: [
      {
        displayName: 'Wiki',
        onPremisesPublishing: { externalUrl: 'ftp://x/', backendColour: 'red' },
        connectorGroup: 'Nowhere',
        tokenLifetimePolicy: 'Never',
        assignments: [{ user: 'ann@contoso.com', role: 'king' }, { role: 'User' }],
        permissions: ['constructor'],
      },
      { displayName: 'Other', requiredResourceAccess: [{ resource: 'Ghost', resourceAccess: [] }] },
      { displayName: 'Wiki' },
    ],
    conditionalAccessPolicies: [
      {
        displayName: 'Second factor',
        conditions: { users: { includeUsers: ['ghost@contoso.com'] } },
      },
    ],
  }
  const { changes, issues } = await diff(api, document)
  assert.deepEqual(changes, [])
  assert.deepEqual(
    issues.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`).sort(),
    [
      'applications/0/assignments/1 invalid-value',
      'applications/0/onPremisesPublishing/backendColour unknown-property',
      'applications/0/connectorGroup unknown-connector-group',
      'applications/0/onPremisesPublishing/externalUrl url-host',
      'applications/0/onPremisesPublishing/externalUrl url-scheme',
      'applications/0/permissions/0 unknown-permission',
      'applications/0/tokenLifetimePolicy unknown-token-lifetime-policy',
      'applications/1/requiredResourceAccess/0/resource unknown-app-id',
      'applications/2 duplicate',
      'conditionalAccessPolicies/0/conditions/users/includeUsers/0 unknown-user',
      'groups/0/users/0 unknown-user',
      'identityProviders/0/groupMappings/0/group unknown-group',
      'identityProviders/1/clientSecret required',
    ].sort(),
  )
  const refused = await apply(api, { document })
  assert.equal(refused.status, 400)
  assert.equal(refused.body.error.details.length, issues.length)
  assert.equal(JSON.stringify(await read(api)), before)
})

test('applications may exchange their URLs, and one may take that of one that goes [G6]', async () => {
  await using api = await openTestApi()
  const publish = async (name: string, host: string) => {
    const id = await instantiate(api, name)
    await good(api, 'PATCH', `/beta/applications/${id}/onPremisesPublishing`, {
      externalUrl: `https://${host}.contoso.net/`,
      internalUrl: `http://${host}.test/`,
    })
  }
  await publish('One', 'one')
  await publish('Two', 'two')
  const document = await read(api)
  const [one, two] = document.applications
  one.onPremisesPublishing.externalUrl = 'https://three.contoso.net/'
  two.onPremisesPublishing.externalUrl = 'https://one.contoso.net/'
  const reversed = { ...document, applications: [two, one] }
  assert.deepEqual((await diff(api, reversed)).issues, [])
  two.displayName = 'Other'
  const { issues, changes } = await diff(api, { applications: [two] }, true)
  assert.deepEqual(issues, [])
  assert.equal(changes.length, 3)
})

test('names that several have come with ids, and are not guessed [G6]', async () => {
  await using api = await openTestApi()
  for (const _ of [1, 2]) await good(api, 'POST', '/v1.0/groups', { displayName: 'Twins' })
  const document = await read(api)
  assert.deepEqual(
    document.groups.map(({ id }: { id?: string }) => typeof id),
    ['string', 'string'],
  )
  assert.deepEqual((await diff(api, document, true)).changes, [])
  const { issues } = await diff(api, { groups: [{ displayName: 'Twins', description: 'which?' }] })
  assert.deepEqual(
    issues.map(({ path, code }: { path: string; code: string }) => [path, code]),
    [['groups/0', 'ambiguous-name']],
  )
})

test('by its id a thing is renamed, by another name it is another thing [G6]', async () => {
  await using api = await openTestApi()
  const { id } = await good(api, 'POST', '/v1.0/groups', { displayName: 'Old' })
  const renamed = await diff(api, { groups: [{ id, displayName: 'New' }] }, true)
  assert.deepEqual(
    renamed.changes.map((each: { change: string }) => each.change),
    ['updated'],
  )
  const replaced = await diff(api, { groups: [{ displayName: 'New' }] }, true)
  assert.deepEqual(replaced.changes.map((each: { change: string }) => each.change).sort(), [
    'created',
    'deleted',
  ])
})

test('the last administrator stays, whatever the document says [G6]', async () => {
  await using api = await openTestApi()
  await fill(api)
  const document = { directoryRoles: [{ displayName: 'Global Administrator', members: [] }] }
  const refused = await apply(api, { document, prune: true })
  assert.equal(refused.status, 400)
  assert.match(refused.body.error.message, /last Global Administrator/)
})

test('whoever may read everything may read and compare, and only who may change everything may apply [G3]', async () => {
  await using api = await openTestApi()
  const others = { authorization: 'Bearer applications' }
  assert.equal((await api.call('GET', '/beta/configuration', undefined, others)).status, 403)
  const reader = { authorization: 'Bearer reader' }
  assert.equal((await api.call('GET', '/beta/configuration', undefined, reader)).status, 200)
  const document = { groups: [{ displayName: 'New' }] }
  const compared = await api.call('POST', '/beta/configuration/diff', { document }, reader)
  assert.equal(compared.body.changes.length, 1)
  const applied = await api.call('POST', '/beta/configuration/apply', { document }, reader)
  assert.equal(applied.status, 403)
  assert.deepEqual((await api.call('GET', '/beta/groups')).body.value, [])
})

const malformed = [
  ['no document', { document: 'x' }, ''],
  ['another version', { document: { version: 2 } }, 'version'],
  ['an unknown part', { document: { people: [] } }, 'people'],
  ['a part that is no list', { document: { groups: {} } }, 'groups'],
  ['a member that is no object', { document: { groups: ['x'] } }, 'groups/0'],
] as const
for (const [what, body, target] of malformed) {
  test(`${what} is refused with its place [G6]`, async () => {
    await using api = await openTestApi()
    const { status, body: answer } = await apply(api, body)
    assert.equal(status, 400)
    assert.deepEqual(
      answer.error.details.map((each: { target: string }) => each.target),
      [target],
    )
  })
}
