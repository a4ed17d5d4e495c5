import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openTestApi, publishWildcard, segmentsOf, template } from './test-api.ts'

let me: string | undefined
const permissions: Readonly<Record<string, readonly string[]>> = {
  administrator: ['Directory.ReadWrite.All'],
  people: ['User.Read.All', 'Group.Read.All'],
  ann: [],
}
const api = await openTestApi(Date.now, {
  authorize: async (token) => {
    const roles = permissions[token]
    return roles && { name: token, roles, ...(token === 'ann' && { personId: me }) }
  },
})
after(() => api[Symbol.asyncDispose]())

const userRole = '18d14569-c3bd-439b-9a66-3a2aee01d14f'
const made = await api.call('POST', `/beta/applicationTemplates/${template}/instantiate`, {
  displayName: 'Wiki',
})
const { application, servicePrincipal } = made.body
const { body: ann } = await api.call('POST', '/beta/users', {
  ...{ accountEnabled: true, displayName: 'Ann', userPrincipalName: 'ann@contoso.test' },
  passwordProfile: { password: 'correct horse battery' },
})
me = ann.id
const { body: crew } = await api.call('POST', '/beta/groups', {
  displayName: 'Crew',
  'members@odata.bind': [`https://graph.microsoft.com/v1.0/users/${ann.id}`],
})
const assignment = { principalId: crew.id, resourceId: servicePrincipal.id, appRoleId: userRole }
const { body: assigned } = await api.call(
  'POST',
  `/beta/servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`,
  assignment,
)
const lifetimes = '/beta/policies/tokenLifetimePolicies'
const { body: policy } = await api.call('POST', lifetimes, {
  displayName: 'An hour',
  definition: ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"1:00:00"}}'],
})
await api.call('POST', `/beta/applications/${application.id}/tokenLifetimePolicies/$ref`, {
  '@odata.id': `https://graph.microsoft.com${lifetimes}/${policy.id}`,
})

const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id)
const expanded = [
  [`applications/${application.id}`, 'tokenLifetimePolicies', [policy.id]],
  [`servicePrincipals/${servicePrincipal.id}`, 'tokenLifetimePolicies', [policy.id]],
  [`servicePrincipals/${servicePrincipal.id}`, 'appRoleAssignedTo', [assigned.id]],
  [`servicePrincipals/${servicePrincipal.id}`, 'appRoleAssignments', []],
  [`users/${ann.id}`, 'appRoleAssignments', [assigned.id]],
  [`groups/${crew.id}`, 'appRoleAssignments', [assigned.id]],
] as const
for (const [path, property, expected] of expanded) {
  const [collection] = path.split('/')
  test(`$expand=${property} writes into ${collection} what its own list has [G1]`, async () => {
    const own = await api.call('GET', `/beta/${path}/${property}`)
    assert.deepEqual(ids(own.body.value), expected)
    const one = await api.call('GET', `/beta/${path}?$select=id&$expand=${property}`)
    assert.deepEqual(one.body[property], own.body.value)
    const all = await api.call('GET', `/v1.0/${collection}?$expand=${property}($select=id)`)
    const found = all.body.value.find(({ id }: { id: string }) => path.endsWith(id))
    assert.deepEqual(
      found[property],
      ids(own.body.value).map((id) => ({ id })),
    )
  })
}

test('an application comes with its one connector group, under beta [G1]', async () => {
  const path = `applications/${application.id}?$select=displayName&$expand=connectorGroup`
  const { body } = await api.call(
    'GET',
    `/beta/${path}($select=name,isDefault),tokenLifetimePolicies`,
  )
  assert.deepEqual(body.connectorGroup, { name: 'Default', isDefault: true })
  assert.equal(body.tokenLifetimePolicies.length, 1)
  assert.equal((await api.call('GET', `/v1.0/${path}`)).status, 400)
})

test('segments that come anyway may be expanded, and nothing else there [G1] [G2]', async () => {
  const path = await publishWildcard(api)
  const web = segmentsOf(path).replace(/\/applicationSegments$/, '')
  const { status, body } = await api.call('GET', `${web}?$expand=applicationSegments`)
  assert.equal(status, 200)
  assert.deepEqual(body, (await api.call('GET', web)).body)
  assert.equal((await api.call('GET', `${web}?$expand=rules`)).status, 400)
  const published = `${path}/onPremisesPublishing`
  assert.equal((await api.call('GET', `${published}?$expand=segmentsConfiguration`)).status, 200)
})

const as = (token: string) => ({ authorization: `Bearer ${token}` })

// What somebody may not list they do not get into something else either.
const hidden = [
  ['people', `users/${ann.id}`, 'appRoleAssignments'],
  ['people', `groups/${crew.id}`, 'appRoleAssignments'],
  ['people', 'users', 'appRoleAssignments'],
] as const
for (const [token, path, property] of hidden) {
  test(`whoever may read ${path.split('/')[0]} alone does not read their ${property} by $expand [G3]`, async () => {
    assert.equal((await api.call('GET', `/beta/${path}`, undefined, as(token))).status, 200)
    const asked = `/beta/${path}?$expand=${property}`
    const { status, body } = await api.call('GET', asked, undefined, as(token))
    assert.equal(status, 403)
    assert.match(body.error.message, /AppRoleAssignment/)
  })
}

test('everybody reads which groups and applications are their own [G1] [G3]', async () => {
  const get = (path: string) => api.call('GET', `/v1.0/me${path}`, undefined, as('ann'))
  assert.deepEqual(ids((await get('/memberOf')).body.value), [crew.id])
  assert.deepEqual(ids((await get('/transitiveMemberOf')).body.value), [crew.id])
  assert.equal((await get('/memberOf/$ref')).body.value.length, 1)
  assert.deepEqual(ids((await get('?$expand=memberOf')).body.memberOf), [crew.id])
  assert.equal((await get(`/appRoleAssignments/${assigned.id}`)).body.id, assigned.id)
  assert.equal((await get('/appRoleAssignments/unknown')).status, 404)
  assert.equal((await get('?$expand=appRoleAssignments')).status, 400)
})
