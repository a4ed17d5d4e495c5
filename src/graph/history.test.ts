import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { journaledTables } from '../directory/journaled-tables.ts'
import type { PlannedChange, Revision } from '../directory/revision.ts'
import { directoryRoles, globalAdministrator } from '../identity/roles.ts'
import { checkPlan, mayReadRevision } from './history.ts'
import { permissionsOfRoles } from './permissions.ts'
import { instantiate, openTestApi, type TestApi } from './test-api.ts'

// A roll-back is a change like any other: whoever may make it may take it back, and nobody rises by it.

let api: TestApi
before(async () => {
  // A token is the name of a role, or a permission.
  const authorize = async (token: string) => ({ name: token, roles: permissionsOf(token) })
  api = await openTestApi(Date.now, { authorize })
  // The one who must stay.
  await giveRole(await createPerson())
})
after(() => api[Symbol.asyncDispose]())

function permissionsOf(token: string): readonly string[] {
  if (token.includes('.')) return [token]
  const role = directoryRoles.find(({ displayName }) => displayName === token.replaceAll('-', ' '))
  return permissionsOfRoles(role ? [role.id] : [])
}

const lesserRoles = directoryRoles
  .filter(({ id }) => id !== globalAdministrator.id)
  .map(({ displayName }) => displayName.replaceAll(' ', '-'))

function callAs(token: string, method: string, path: string, body?: unknown) {
  return api.call(method, path, body, { authorization: `Bearer ${token}` })
}

/** Makes a change and returns the revision that it made. */
async function change(token: string, method: string, path: string, body?: unknown) {
  const answer = await callAs(token, method, path, body)
  assert.ok(answer.status < 300, JSON.stringify(answer.body))
  return { body: answer.body, revision: answer.headers.get('sallyport-revision') ?? '' }
}

function rollBack(token: string, revision: string, options: object = {}) {
  return callAs(token, 'POST', `/beta/revisions/${revision}/rollBack`, options)
}

let lastNumber = 0
async function createPerson(): Promise<string> {
  const name = `person${++lastNumber}`
  const { body } = await change('Global-Administrator', 'POST', '/beta/users', {
    ...{ accountEnabled: true, displayName: name, userPrincipalName: `${name}@contoso.test` },
    passwordProfile: { password: 'correct horse battery' },
  })
  return body.id
}

function reference(id: string) {
  return { '@odata.id': `https://graph/v1.0/directoryObjects/${id}` }
}

async function giveRole(personId: string, roleId = globalAdministrator.id) {
  const path = `/beta/directoryRoles/${roleId}/members/$ref`
  return change('Global-Administrator', 'POST', path, reference(personId))
}

async function principalOf(application: string): Promise<string> {
  const { body } = await callAs(
    'Global-Administrator',
    'GET',
    `/beta/applications/${application}?$select=appId`,
  )
  const found = await callAs(
    'Global-Administrator',
    'GET',
    `/beta/servicePrincipals?$filter=appId eq '${body.appId}'`,
  )
  return found.body.value[0].id
}

async function createApplication(): Promise<string> {
  return instantiate(
    { ...api, call: (method, path, body) => callAs('Global-Administrator', method, path, body) },
    `App ${++lastNumber}`,
  )
}

test('an Application Administrator takes back what they did themselves [G4]', async () => {
  const token = 'Application-Administrator'
  const id = await createApplication()
  const path = `/beta/applications/${id}`
  const { revision } = await change(token, 'PATCH', path, { displayName: 'Wrong' })
  const dry = await rollBack(token, revision, { dryRun: true })
  assert.equal(dry.status, 200)
  const { status, body } = await rollBack(token, revision)
  assert.equal(status, 200)
  assert.deepEqual(
    body.changes.map(({ resource }: { resource: string }) => resource),
    ['application'],
  )
  const gone = await change(token, 'DELETE', path)
  assert.equal((await rollBack(token, gone.revision)).status, 200)
  assert.equal((await callAs(token, 'GET', path)).status, 200)
})

test('a deleted application comes back with those who may enter for whoever may let them in [G4]', async () => {
  const id = await createApplication()
  const resourceId = await principalOf(id)
  const principalId = await createPerson()
  const appRoleId = '18d14569-c3bd-439b-9a66-3a2aee01d14f'
  const path = `/beta/servicePrincipals/${resourceId}/appRoleAssignedTo`
  const assignment = { principalId, resourceId, appRoleId }
  const made = await change('Global-Administrator', 'POST', path, assignment)
  const { revision } = await change(
    'Application.ReadWrite.All',
    'DELETE',
    `/beta/applications/${id}`,
  )
  const refused = await rollBack('Application.ReadWrite.All', revision)
  assert.equal(refused.status, 403)
  assert.match(refused.body.error.message, /appRoleAssignment .*AppRoleAssignment\.ReadWrite\.All/)
  assert.equal((await rollBack('Application-Administrator', revision)).status, 200)
  const back = await callAs('Application-Administrator', 'GET', path)
  assert.equal(back.body.value[0].id, made.body.id)
})

test('a User Administrator takes back the deletion of a person, a Groups Administrator that of a group [G4]', async () => {
  const ann = await createPerson()
  const made = await change('Groups-Administrator', 'POST', '/beta/groups', {
    displayName: 'Staff',
  })
  const group = `/beta/groups/${made.body.id}`
  await change('Groups-Administrator', 'POST', `${group}/members/$ref`, reference(ann))
  const person = await change('User-Administrator', 'DELETE', `/beta/users/${ann}`)
  assert.equal((await rollBack('Groups-Administrator', person.revision)).status, 403)
  assert.equal((await rollBack('User-Administrator', person.revision)).status, 200)
  const { body } = await callAs('Groups-Administrator', 'GET', `${group}/members`)
  assert.equal(body.value[0].id, ann)
  const gone = await change('Groups-Administrator', 'DELETE', group)
  assert.equal((await rollBack('Application-Administrator', gone.revision)).status, 403)
  assert.equal((await rollBack('Groups-Administrator', gone.revision)).status, 200)
})

test('what came later goes along only for those who may read it [G4]', async () => {
  const token = 'User.ReadWrite.All'
  const made = await change(token, 'POST', '/beta/users', {
    ...{ accountEnabled: true, displayName: 'Eve', userPrincipalName: 'eve@contoso.test' },
    passwordProfile: { password: 'correct horse battery' },
  })
  const group = await change('Group.ReadWrite.All', 'POST', '/beta/groups', {
    displayName: 'Hidden',
    'members@odata.bind': [reference(made.body.id)['@odata.id']],
  })
  const refused = await rollBack(token, made.revision)
  assert.equal(refused.status, 403)
  assert.ok(!JSON.stringify(refused.body).includes('Hidden'))
  const told = await rollBack('User-Administrator', made.revision)
  assert.equal(told.status, 409)
  assert.equal((await rollBack('User-Administrator', made.revision, { force: true })).status, 200)
  const read = `/beta/groups/${group.body.id}/members`
  assert.deepEqual((await callAs('User-Administrator', 'GET', read)).body.value, [])
})

/** What somebody with a lesser role would rise by, if it came back: how it was done, and how it was taken away. */
const rises: readonly (readonly [what: string, prepare: () => Promise<string>])[] = [
  [
    'a role that was taken away',
    async () => {
      const id = await createPerson()
      await giveRole(id)
      const path = `/beta/directoryRoles/${globalAdministrator.id}/members/${id}/$ref`
      return (await change('Global-Administrator', 'DELETE', path)).revision
    },
  ],
  [
    'an administrator who was deleted',
    async () => {
      const id = await createPerson()
      await giveRole(id)
      return (await change('Global-Administrator', 'DELETE', `/beta/users/${id}`)).revision
    },
  ],
  ['a role that was given', async () => (await giveRole(await createPerson())).revision],
  [
    'the name of an administrator',
    async () => {
      const id = await createPerson()
      await giveRole(id)
      const rename = { userPrincipalName: `renamed${++lastNumber}@contoso.test` }
      return (await change('Global-Administrator', 'PATCH', `/beta/users/${id}`, rename)).revision
    },
  ],
  [
    'an administrator who was disabled',
    async () => {
      const id = await createPerson()
      await giveRole(id)
      const off = { accountEnabled: false }
      return (await change('Global-Administrator', 'PATCH', `/beta/users/${id}`, off)).revision
    },
  ],
  [
    'a person who has a role by now',
    async () => {
      const { body, revision } = await change('Global-Administrator', 'POST', '/beta/users', {
        ...{ accountEnabled: true, displayName: 'New', userPrincipalName: 'new@contoso.test' },
        passwordProfile: { password: 'correct horse battery' },
      })
      await giveRole(body.id)
      return revision
    },
  ],
  [
    'the secret of a program that was removed',
    async () => {
      const path = `/beta/applications/${await createApplication()}`
      const added = await change('Global-Administrator', 'POST', `${path}/addPassword`, {})
      const { keyId } = added.body
      const removed = { keyId }
      return (await change('Global-Administrator', 'POST', `${path}/removePassword`, removed))
        .revision
    },
  ],
  [
    'the secret of a program that was made',
    async () => {
      const path = `/beta/applications/${await createApplication()}`
      return (await change('Global-Administrator', 'POST', `${path}/addPassword`, {})).revision
    },
  ],
  [
    'a program with a secret that was deleted',
    async () => {
      const path = `/beta/applications/${await createApplication()}`
      await change('Global-Administrator', 'POST', `${path}/addPassword`, {})
      return (await change('Application-Administrator', 'DELETE', path)).revision
    },
  ],
  [
    'a permission of a program that was taken away',
    async () => {
      const principalId = await principalOf(await createApplication())
      const resourceId = '7ea2e7a6-3c5f-4e0f-9a53-5a1157010001'
      const appRoleId = '19dbc75e-c2e2-444c-a770-ec69d8559fc7'
      const path = `/beta/servicePrincipals/${principalId}/appRoleAssignments`
      const grant = { principalId, resourceId, appRoleId }
      const { body } = await change('Global-Administrator', 'POST', path, grant)
      return (await change('Global-Administrator', 'DELETE', `${path}/${body.id}`)).revision
    },
  ],
  [
    'a program with a permission that was deleted',
    async () => {
      const id = await createApplication()
      const principalId = await principalOf(id)
      const resourceId = '7ea2e7a6-3c5f-4e0f-9a53-5a1157010001'
      const appRoleId = '19dbc75e-c2e2-444c-a770-ec69d8559fc7'
      const path = `/beta/servicePrincipals/${principalId}/appRoleAssignments`
      await change('Global-Administrator', 'POST', path, { principalId, resourceId, appRoleId })
      return (await change('Application-Administrator', 'DELETE', `/beta/applications/${id}`))
        .revision
    },
  ],
  [
    'where the answers to a program that asks for access go',
    async () => {
      const path = `/beta/applications/${await createApplication()}`
      const resourceAppId = '00000003-0000-0000-c000-000000000000'
      const access = [{ id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }]
      await change('Global-Administrator', 'PATCH', path, {
        requiredResourceAccess: [{ resourceAppId, resourceAccess: access }],
        web: { redirectUris: ['https://mine.test/'] },
      })
      const moved = { web: { redirectUris: ['https://good.test/'] } }
      return (await change('Global-Administrator', 'PATCH', path, moved)).revision
    },
  ],
  [
    'an identity provider that was deleted',
    async () => {
      const { body } = await change(
        'Global-Administrator',
        'POST',
        '/beta/identity/identityProviders',
        {
          '@odata.type': '#microsoft.graph.openIdConnectIdentityProvider',
          ...{ displayName: 'Old', clientId: 'sallyport', clientSecret: 'a secret of theirs' },
          ...{ issuer: `https://id${++lastNumber}.test`, responseType: 'code', scope: 'openid' },
        },
      )
      const path = `/beta/identity/identityProviders/${body.id}`
      return (await change('Global-Administrator', 'DELETE', path)).revision
    },
  ],
]
for (const [what, prepare] of rises) {
  test(`nobody with a lesser role rolls back ${what}, whatever else they may [G3] [G4]`, async () => {
    const revision = await prepare()
    for (const token of lesserRoles) {
      for (const options of [{}, { force: true }, { dryRun: true }]) {
        const { status } = await rollBack(token, revision, options)
        assert.equal(status, 403, `${token} ${JSON.stringify(options)}`)
      }
    }
    const { status } = await rollBack('Global-Administrator', revision, { dryRun: true })
    assert.ok(status === 200 || status === 409, String(status))
  })
}

test('each role sees in the history what it may read, and nothing else [G3] [G4]', async () => {
  const policy = await change('Conditional-Access-Administrator', 'POST', policies, {
    ...{ displayName: 'Everybody', state: 'disabled' },
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  })
  const application = await change('Application-Administrator', 'POST', '/beta/applications', {
    displayName: 'Seen by some',
  })
  const cases = [
    ['Application-Administrator', false, true],
    ['Conditional-Access-Administrator', true, true],
    ['Policy.Read.All', true, false],
    ['Group.Read.All', false, false],
    ['Global-Reader', true, true],
  ] as const
  for (const [token, seesPolicy, seesApplication] of cases) {
    const { body } = await callAs(token, 'GET', '/beta/revisions')
    const ids = body.value.map(({ id }: { id: string }) => id)
    const expected = [
      [policy.revision, seesPolicy],
      [application.revision, seesApplication],
    ] as const
    for (const [revision, isSeen] of expected) {
      assert.equal(ids.includes(revision), isSeen, token)
      const one = await callAs(token, 'GET', `/beta/revisions/${revision}`)
      assert.equal(one.status, isSeen ? 200 : 403, token)
    }
  }
  const nobody = await callAs('AuditLog.Read.All', 'GET', '/beta/revisions')
  assert.equal(nobody.status, 403)
})

const policies = '/beta/identity/conditionalAccess/policies'

test('no permission but the one for everything rolls back what no table of areas knows better [G3]', () => {
  for (const { name } of journaledTables) {
    const change: PlannedChange = {
      ...{ table: name, id: 'id', name: 'name', change: 'deleted', isKept: true },
      ...{ before: undefined, after: undefined, isAlong: false, hasRole: true },
    }
    for (const role of lesserRoles) {
      assert.throws(() => checkPlan(permissionsOf(role), [change]), { status: 403 })
    }
    checkPlan(permissionsOf('Global-Administrator'), [change])
    const revision = { tables: [name] } as unknown as Revision // all that is looked at
    assert.ok(mayReadRevision(permissionsOf('Global-Reader'), revision), name)
    assert.ok(!mayReadRevision([], revision), name)
  }
})
