import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { instantiate, openTestApi, template } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const userRole = '18d14569-c3bd-439b-9a66-3a2aee01d14f'
const unknown = '00000000-0000-4000-8000-000000000000'

test('the template is found by its name, as the tutorial does [G1]', async () => {
  const path = "/v1.0/applicationTemplates?$filter=displayName eq 'Custom'"
  const { body } = await api.call('GET', path)
  assert.deepEqual(
    body.value.map((each: { id: string }) => each.id),
    [template],
  )
  const one = await api.call('GET', `/v1.0/applicationTemplates/${template.toUpperCase()}`)
  assert.equal(one.body.displayName, 'Custom')
  const other = `/v1.0/applicationTemplates/${unknown}/instantiate`
  assert.equal((await api.call('POST', other, { displayName: 'x' })).status, 404)
})

test('instantiating gives 201 with the application and its service principal [G1]', async () => {
  const path = `/v1.0/applicationTemplates/${template}/instantiate`
  const { status, body } = await api.call('POST', path, { displayName: 'Payroll' })
  assert.equal(status, 201)
  assert.match(body['@odata.context'], /#microsoft.graph.applicationServicePrincipal$/)
  const { application, servicePrincipal } = body
  assert.equal(application.displayName, 'Payroll')
  assert.equal(application.signInAudience, 'AzureADMyOrg')
  assert.ok(application.appRoles.some((role: { id: string }) => role.id === userRole))
  assert.equal(servicePrincipal.appId, application.appId)
  assert.equal(servicePrincipal.appRoleAssignmentRequired, true)
  assert.deepEqual(servicePrincipal.tags, [
    'WindowsAzureActiveDirectoryIntegratedApp',
    'WindowsAzureActiveDirectoryOnPremApp',
  ])
})

for (const body of [{}, { displayName: '' }, { displayName: 'x'.repeat(121) }, [], 'null']) {
  test(`instantiating with ${JSON.stringify(body).slice(0, 30)} is refused [G4]`, async () => {
    const path = `/v1.0/applicationTemplates/${template}/instantiate`
    assert.equal((await api.call('POST', path, body)).status, 400)
  })
}

test('an application is found by object id, by appId, and by filters [G1]', async () => {
  const id = await instantiate(api, 'Find Me')
  const byId = await api.call('GET', `/beta/applications('${id}')`)
  const { appId } = byId.body
  const byAppId = await api.call('GET', `/beta/applications(appId='${appId}')`)
  assert.deepEqual(byAppId.body, byId.body)
  const filters = [
    `appId eq '${appId.toUpperCase()}'`,
    "displayName eq 'find me'",
    "startswith(displayName,'Find')",
  ]
  for (const filter of filters) {
    const query = `$filter=${encodeURIComponent(filter)}&$select=id`
    const { body } = await api.call('GET', `/beta/applications?${query}`)
    assert.deepEqual(body.value, [{ id }])
  }
})

test('published applications are listed by the filter that tools use; details on demand [G1]', async () => {
  const id = await instantiate(api, 'Published')
  await api.call('PATCH', `/beta/applications/${id}`, {
    onPremisesPublishing: { externalUrl: 'https://p.test/', internalUrl: 'http://p.internal/' },
  })
  const filter = '$filter=onPremisesPublishing/isOnPremPublishingEnabled eq true'
  const { body } = await api.call('GET', `/beta/applications?${filter}&$select=id,displayName`)
  assert.deepEqual(body.value, [{ id, displayName: 'Published' }])
  const plain = await api.call('GET', `/beta/applications?${filter}`)
  assert.ok(!('onPremisesPublishing' in plain.body.value[0]))
  const full = await api.call('GET', `/beta/applications?${filter}&$select=onPremisesPublishing`)
  assert.equal(full.body.value[0].onPremisesPublishing.externalUrl, 'https://p.test/')
})

test('pages follow each other by full links, without gap or repetition [G1]', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `Page ${index}`)
  for (const name of names) await instantiate(api, name)
  const found: string[] = []
  let path: string | undefined =
    "/beta/applications?$filter=startswith(displayName,'Page')&$top=3&$count=true&$select=displayName"
  const counts: unknown[] = []
  while (path) {
    const { body } = await api.call('GET', path)
    found.push(...body.value.map((each: { displayName: string }) => each.displayName))
    counts.push(body['@odata.count'])
    const next: string | undefined = body['@odata.nextLink']
    assert.ok(next === undefined || next.startsWith('https://api.contoso.test/beta/applications?'))
    path = next?.replace('https://api.contoso.test', '')
  }
  assert.deepEqual(found.sort(), names)
  assert.deepEqual(counts, [7, undefined, undefined])
})

test('an application is renamed, tagged and deleted; read-only properties are ignored [G1]', async () => {
  const id = await instantiate(api, 'Old')
  const path = `/v1.0/applications/${id}`
  const change = { displayName: 'New', tags: ['HideApp'], id: 'x', appId: 'y' }
  assert.equal((await api.call('PATCH', path, change)).status, 204)
  const { body } = await api.call('GET', path)
  assert.equal(body.displayName, 'New')
  assert.equal(body.id, id)
  const tagged = await api.call('GET', "/v1.0/applications?$filter=tags/any(t:t eq 'HideApp')")
  assert.equal(tagged.body.value.length, 1)
  assert.equal((await api.call('DELETE', path)).status, 204)
  assert.equal((await api.call('GET', path)).status, 404)
  assert.equal((await api.call('PATCH', path, {})).status, 404)
  assert.equal((await api.call('DELETE', path)).status, 404)
})

const badApplications = [
  [{ web: { homePageUrl: 'javascript:alert(1)' } }, 'web/homePageUrl'],
  [{ web: { redirectUris: ['https://a.test/#x'] } }, 'web/redirectUris/0'],
  [{ web: { redirectUris: 'https://a.test/' } }, 'web/redirectUris'],
  [{ identifierUris: ['x'] }, 'identifierUris/0'],
  [{ passwordCredentials: [] }, 'passwordCredentials'],
  [{ 'owners@odata.bind': [] }, 'owners@odata.bind'],
] as const
for (const [body, target] of badApplications) {
  test(`PATCH with ${JSON.stringify(body)} is refused at ${target} [G4]`, async () => {
    const answer = await api.call('PATCH', `/beta/applications/${await instantiate(api)}`, body)
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error.details[0].target, target)
  })
}

async function principalOf(id: string) {
  const { appId } = (await api.call('GET', `/beta/applications/${id}`)).body
  const path = `/v1.0/servicePrincipals?$filter=appId eq '${appId}'`
  return (await api.call('GET', path)).body.value[0]
}

async function createUser(name: string): Promise<string> {
  const { body } = await api.call('POST', '/beta/users', {
    userPrincipalName: `${name}@contoso.test`,
    displayName: name,
    passwordProfile: { password: 'correct horse' },
  })
  return body.id
}

test('whether an assignment is required is set on the service principal [S8] [G1]', async () => {
  const principal = await principalOf(await instantiate(api, 'Open'))
  const path = `/v1.0/servicePrincipals/${principal.id}`
  assert.equal((await api.call('PATCH', path, { appRoleAssignmentRequired: false })).status, 204)
  const byAppId = `/v1.0/servicePrincipals(appId='${principal.appId}')`
  assert.equal((await api.call('GET', byAppId)).body.appRoleAssignmentRequired, false)
})

test('people and groups are assigned with the User role, listed, and removed [S8] [G1]', async () => {
  const principal = await principalOf(await instantiate(api, 'Assigned'))
  const path = `/v1.0/servicePrincipals/${principal.id}/appRoleAssignedTo`
  const principalId = await createUser('alice')
  const group = await api.call('POST', '/v1.0/groups', { displayName: 'Staff' })
  await api.call('POST', `/v1.0/groups/${group.body.id}/members/$ref`, {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${principalId}`,
  })
  const wanted = { principalId, resourceId: principal.id, appRoleId: userRole }
  const created = await api.call('POST', path, wanted)
  assert.equal(created.status, 201)
  const { id, createdDateTime, '@odata.context': _, ...facts } = created.body
  assert.ok(Date.parse(createdDateTime) > 0)
  assert.deepEqual(facts, {
    ...wanted,
    principalDisplayName: 'alice',
    principalType: 'User',
    resourceDisplayName: 'Assigned',
  })
  assert.equal((await api.call('POST', path, wanted)).status, 400)
  const forGroup = await api.call('POST', path, { ...wanted, principalId: group.body.id })
  assert.equal(forGroup.body.principalType, 'Group')
  const filtered = await api.call('GET', `${path}?$filter=principalId eq ${principalId}`)
  assert.deepEqual(
    filtered.body.value.map((each: { id: string }) => each.id),
    [id],
  )
  for (const disabled of [false, true]) {
    await api.call('PATCH', `/v1.0/users/${principalId}`, { accountEnabled: !disabled })
    const own = await api.call('GET', '/v1.0/users/alice@contoso.test/appRoleAssignments')
    assert.equal(own.body.value.length, 2)
  }
  const beta = await api.call('GET', `/beta/users/${principalId}/appRoleAssignments`)
  assert.ok('creationTimestamp' in beta.body.value[0])
  const one = `${path}/${id}`
  assert.equal((await api.call('DELETE', one)).status, 204)
  assert.equal((await api.call('DELETE', one)).status, 404)
})

test('an assignment is removed only through its own application', async () => {
  const principal = await principalOf(await instantiate(api, 'Mine'))
  const other = await principalOf(await instantiate(api, 'Not mine'))
  const principalId = await createUser('bob')
  const path = `/v1.0/servicePrincipals/${principal.id}/appRoleAssignedTo`
  const wanted = { principalId, resourceId: principal.id, appRoleId: userRole }
  const { body } = await api.call('POST', path, wanted)
  const foreign = `/v1.0/servicePrincipals/${other.id}/appRoleAssignedTo/${body.id}`
  assert.equal((await api.call('DELETE', foreign)).status, 404)
})

const badAssignments = [
  ['the empty role', { appRoleId: '00000000-0000-0000-0000-000000000000' }, 400],
  ['another resource', { resourceId: unknown }, 400],
  ['nobody', { principalId: unknown }, 404],
  ['no GUID', { principalId: 'alice' }, 400],
] as const
for (const [what, change, status] of badAssignments) {
  test(`an assignment of ${what} is answered ${status} [S8] [G4]`, async () => {
    const principal = await principalOf(await instantiate(api))
    const path = `/v1.0/servicePrincipals/${principal.id}/appRoleAssignedTo`
    const wanted = { principalId: unknown, resourceId: principal.id, appRoleId: userRole }
    assert.equal((await api.call('POST', path, { ...wanted, ...change })).status, status)
  })
}

test('what a program may ask for in people’s names is changed only by who may let people in [G3] [S10]', async () => {
  const headers = { authorization: 'Bearer applications' }
  const path = `/v1.0/applications/${await instantiate(api)}`
  const requiredResourceAccess = [
    { resourceAppId: '00000000-0000-4000-8000-000000000001', resourceAccess: [] },
  ]
  const wanted = { displayName: 'Robot', requiredResourceAccess }
  assert.equal((await api.call('POST', '/v1.0/applications', wanted, headers)).status, 403)
  assert.equal((await api.call('PATCH', path, wanted, headers)).status, 403)
  assert.equal((await api.call('PATCH', path, wanted)).status, 204)
  assert.equal((await api.call('PATCH', path, wanted, headers)).status, 204, 'nothing changes')
  assert.equal((await api.call('PATCH', path, { requiredResourceAccess: [] }, headers)).status, 403)
  const elsewhere = { redirectUris: ['https://elsewhere.test/codes'] }
  for (const led of [{ publicClient: elsewhere }, { web: elsewhere }]) {
    assert.equal((await api.call('PATCH', path, led, headers)).status, 403, JSON.stringify(led))
    assert.equal((await api.call('PATCH', path, led)).status, 204)
  }
})
