import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { instantiate, openTestApi, template } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const userRole = '18d14569-c3bd-439b-9a66-3a2aee01d14f'
const instantiated = await api.call('POST', `/v1.0/applicationTemplates/${template}/instantiate`, {
  displayName: 'Wiki',
})
const { application, servicePrincipal } = instantiated.body
const ann = (
  await api.call('POST', '/v1.0/users', {
    displayName: 'Ann',
    userPrincipalName: 'ann@contoso.com',
    passwordProfile: { password: 'long enough for everybody' },
  })
).body.id
const crew = (
  await api.call('POST', '/v1.0/groups', {
    displayName: 'Crew',
    'members@odata.bind': [`https://graph.microsoft.com/v1.0/users/${ann}`],
  })
).body.id

const role = (principalId: string) => ({
  principalId,
  resourceId: servicePrincipal.id,
  appRoleId: userRole,
})

test('somebody is assigned from their own side as well, a group too [G1] [S8]', async () => {
  const own = await api.call('POST', `/v1.0/users/${ann}/appRoleAssignments`, role(ann))
  assert.equal(own.status, 201)
  const group = await api.call('POST', `/beta/groups/${crew}/appRoleAssignments`, role(crew))
  assert.equal(group.body.principalType, 'Group')
  const all = await api.call('GET', `/v1.0/users/ann@contoso.com/appRoleAssignments`)
  const ids = all.body.value.map(({ id }: { id: string }) => id).sort()
  assert.deepEqual(ids, [own.body.id, group.body.id].sort())
  const one = await api.call(
    'GET',
    `/v1.0/servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo/${own.body.id}`,
  )
  assert.equal(one.body.principalDisplayName, 'Ann')

  const byGroup = `/v1.0/users/${ann}/appRoleAssignments/${group.body.id}`
  assert.equal((await api.call('GET', byGroup)).status, 200)
  assert.equal((await api.call('DELETE', byGroup)).status, 404)
  const ofGroup = `/v1.0/groups/${crew}/appRoleAssignments/${group.body.id}`
  assert.equal((await api.call('DELETE', ofGroup)).status, 204)
  assert.equal((await api.call('GET', ofGroup)).status, 404)
  const ofAnn = `/v1.0/users/${ann}/appRoleAssignments/${own.body.id}`
  assert.equal((await api.call('DELETE', ofAnn)).status, 204)
})

test('an assignment of somebody else than the path names is refused [G4]', async () => {
  const other = await api.call('POST', `/v1.0/users/${ann}/appRoleAssignments`, role(crew))
  assert.equal(other.status, 400)
  assert.equal(other.body.error.details[0].target, 'principalId')
})

test('the older way makes an application in two steps, and takes it away by its principal [G1]', async () => {
  const made = await api.call('POST', '/v1.0/applications', { displayName: 'Older' })
  const principal = await api.call('POST', '/v1.0/servicePrincipals', {
    appId: made.body.appId,
    tags: ['WindowsAzureActiveDirectoryIntegratedApp', 'HideApp'],
    appRoleAssignmentRequired: false,
  })
  assert.equal(principal.status, 201)
  assert.equal(principal.body.appRoleAssignmentRequired, false)
  assert.ok(principal.body.tags.includes('HideApp'))
  const nobody = await api.call('POST', '/v1.0/servicePrincipals', {
    appId: '00000000-0000-0000-0000-000000000001',
  })
  assert.equal(nobody.status, 400)
  const path = `/v1.0/servicePrincipals/${principal.body.id}`
  assert.equal((await api.call('DELETE', path)).status, 204)
  assert.equal((await api.call('GET', `/v1.0/applications/${made.body.id}`)).status, 404)
})

test('whatever has an id is found by it [G1]', async () => {
  const { body } = await api.call('GET', `/v1.0/directoryObjects/${ann}`)
  assert.equal(body['@odata.type'], '#microsoft.graph.user')
  assert.equal(body.displayName, 'Ann')
  const ids = [application.id, servicePrincipal.id, crew, '00000000-0000-0000-0000-000000000001']
  const some = await api.call('POST', '/v1.0/directoryObjects/getByIds', { ids })
  assert.deepEqual(
    some.body.value.map((each: { '@odata.type': string }) => each['@odata.type'].slice(17)),
    ['application', 'servicePrincipal', 'group'],
  )
  const groups = await api.call('POST', '/v1.0/directoryObjects/getByIds', {
    ids,
    types: ['group'],
  })
  assert.equal(groups.body.value.length, 1)
  const unknown = '/v1.0/directoryObjects/00000000-0000-0000-0000-000000000001'
  assert.equal((await api.call('GET', unknown)).status, 404)
})

test('a change is found again by its id [G4]', async () => {
  const { body } = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')
  const [entry] = body.value
  const one = await api.call('GET', `/v1.0/auditLogs/directoryAudits/${entry.id}`)
  assert.equal(one.body.activityDateTime, entry.activityDateTime)
  assert.equal((await api.call('GET', '/v1.0/auditLogs/directoryAudits/999999')).status, 404)
})

test('the newest changes come first, or the oldest for whoever wants them so [G4]', async () => {
  await instantiate(api, 'Newest')
  const path = '/beta/auditLogs/directoryAudits?$top=1&$orderby=activityDateTime'
  const oldest = await api.call('GET', path)
  const newest = await api.call('GET', `${path} desc`)
  assert.ok(Number(oldest.body.value[0].id) < Number(newest.body.value[0].id))
})

test('the profile is on, says so, and cannot be switched off [G1]', async () => {
  const profiles = '/beta/onPremisesPublishingProfiles'
  const { body } = await api.call('GET', profiles)
  assert.deepEqual(body.value, [{ id: 'applicationProxy', isEnabled: true }])
  const path = `${profiles}/applicationProxy`
  assert.equal((await api.call('PATCH', path, { isEnabled: true })).status, 204)
  const off = await api.call('PATCH', path, {
    isEnabled: false,
    hybridAgentUpdaterConfiguration: { allowUpdateConfigurationOverride: true },
  })
  assert.equal(off.status, 400)
  assert.equal(off.body.error.details.length, 2)
})

// [path, what is read along, how many of it]
const expanded = [
  ['/beta/onPremisesPublishingProfiles/applicationProxy/connectorGroups', 'members', 0],
  ['/beta/onPremisesPublishingProfiles/applicationProxy/connectorGroups', 'applications', 0],
  ['/v1.0/directoryRoles', 'members', 0],
  [`/v1.0/servicePrincipals/${servicePrincipal.id}`, 'appRoleAssignedTo', 0],
] as const
for (const [path, name, count] of expanded) {
  test(`${name} is read along with ${path.split('/')[2]} [G1]`, async () => {
    const { status, body } = await api.call('GET', `${path}?$select=id&$expand=${name}`)
    assert.equal(status, 200, JSON.stringify(body))
    const [first] = body.value ?? [body]
    assert.equal(first[name].length, count)
  })
}
