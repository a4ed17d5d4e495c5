import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { z } from 'zod'
import type { Route } from './route.ts'
import { routes } from './routes.ts'
import { instantiate, openTestApi, publishWildcard, segmentsOf, template } from './test-api.ts'

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

async function create(path: string, body: unknown): Promise<string> {
  return (await api.call('POST', path, body)).body.id
}

function refer(id: string): object {
  return { '@odata.id': `https://graph.microsoft.com/beta/directoryObjects/${id}` }
}

function hasId({ answer }: Route): boolean {
  const kinds = answer instanceof z.ZodUnion ? answer.options : [answer]
  return kinds.every((kind) => kind instanceof z.ZodObject && 'id' in kind.shape)
}

// What is listed under an id and not read under it, and why.
const exceptions: Readonly<Record<string, string>> = {
  '/onPremisesPublishingProfiles': 'there is one, and its path has its name and no key',
  '/onPremisesPublishingProfiles/applicationProxy/applicationHealth':
    "the id is the application's, whose own segmentHealth says more",
}

test('whatever a list answers under an id can be read singly, there or where its references lead [G1]', () => {
  const reads = routes.filter(({ method }) => method === 'GET')
  const lists = reads.filter((each) => each.options?.includes('top') && hasId(each))
  const canBeRead = (collection: string) =>
    reads.some(({ path }) => path.replace(/:\w+$/, ':') === `${collection}/:`)
  const missing = lists
    .map(({ path, refersTo }) => (refersTo === undefined ? path : `/${refersTo}`))
    // A cast leads to some of the same.
    .map((path) => path.replace(/\/microsoft\.graph\.\w+$/, ''))
    .filter((path) => !canBeRead(path))
  assert.ok(lists.length > 30)
  assert.deepEqual(missing, Object.keys(exceptions))
})

test('every reference in every list leads to what can be read [G1]', async () => {
  const people = await Promise.all(
    ['dan', 'bob', 'cid'].map((name) =>
      create('/beta/users', {
        ...{ accountEnabled: true, displayName: name, userPrincipalName: `${name}@contoso.test` },
        passwordProfile: { password: 'correct horse battery' },
      }),
    ),
  )
  const group = await create('/beta/groups', { displayName: 'Editors' })
  for (const id of people) await api.call('POST', `/beta/groups/${group}/members/$ref`, refer(id))
  const outer = await create('/beta/groups', { displayName: 'Everybody' })
  await api.call('POST', `/beta/groups/${outer}/members/$ref`, refer(group))
  const [role] = (await api.call('GET', '/beta/directoryRoles')).body.value
  await api.call('POST', `/beta/directoryRoles/${role.id}/members/$ref`, refer(people[0] ?? ''))
  const application = await instantiate(api)
  const lifetimes = '/beta/policies/tokenLifetimePolicies'
  const policy = await create(lifetimes, {
    displayName: 'An hour',
    definition: ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"1:00:00"}}'],
  })
  const own = `/beta/applications/${application}/tokenLifetimePolicies`
  const bound = { '@odata.id': `https://graph.microsoft.com${lifetimes}/${policy}` }
  await api.call('POST', `${own}/$ref`, bound)

  const lists = [
    [`/beta/groups/${group}/members`, 3],
    [`/beta/groups/${outer}/transitiveMembers`, 4],
    [`/beta/groups/${outer}/members/microsoft.graph.group`, 1],
    [`/beta/groups/${group}/memberOf`, 1],
    [`/beta/users/${people[0]}/memberOf`, 2],
    [`/beta/users/${people[0]}/transitiveMemberOf`, 3],
    [`/beta/directoryRoles/${role.id}/members`, 1],
    [own, 1],
    [`${lifetimes}/${policy}/appliesTo`, 1],
  ] as const
  for (const [list, count] of lists) {
    const whole = (await api.call('GET', list)).body.value
    const { status, body } = await api.call('GET', `${list}/$ref`)
    assert.equal(status, 200, list)
    assert.equal(body.value.length, count, list)
    for (const [at, reference] of body.value.entries()) {
      const { pathname } = new URL(reference['@odata.id'])
      assert.equal((await api.call('GET', pathname)).body.id, whole[at].id, list)
    }
  }
})

test('references come in pages, and the one of what there is one of comes by itself [G1]', async () => {
  const groups = (await api.call('GET', '/beta/groups')).body.value
  const editors = groups.find((each: { displayName: string }) => each.displayName === 'Editors')
  let next: string | undefined = `/beta/groups/${editors.id}/members/$ref?$top=2`
  const found: string[] = []
  while (next !== undefined) {
    const { body } = await api.call('GET', next)
    found.push(...body.value.map((each: { '@odata.id': string }) => each['@odata.id']))
    const link: string | undefined = body['@odata.nextLink']
    next = link && new URL(link).pathname + new URL(link).search
  }
  assert.equal(new Set(found).size, 3)
  const only = `/beta/groups/${editors.id}/members/$ref?$filter=displayName eq 'dan'`
  assert.equal((await api.call('GET', only)).body.value.length, 1)
  assert.equal((await api.call('GET', `${only}&$select=id`)).status, 400)
  const application = await instantiate(api)
  const { body } = await api.call('GET', `/beta/applications/${application}/connectorGroup/$ref`)
  const { pathname } = new URL(body['@odata.id'])
  assert.equal((await api.call('GET', pathname)).body.name, 'Default')
  // What was read can be sent back.
  const reference = { '@odata.id': body['@odata.id'] }
  const put = `/beta/applications/${application}/connectorGroup/$ref`
  assert.equal((await api.call('PUT', put, reference)).status, 204)
  assert.equal((await api.call('PUT', put, reference, { 'if-match': '*' })).status, 400)
})
