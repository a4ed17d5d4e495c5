import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { directoryRoles, globalAdministrator } from '../identity/roles.ts'
import { permissionsOfRoles } from './permissions.ts'
import { instantiate, openTestApi, type TestApi } from './test-api.ts'

// Nobody with a lesser role makes their own rights, or those of others, greater than they are.

let api: TestApi
let administrator: string
let ann: string
let reader: string
const personIds = new Map<string, string>()

before(async () => {
  api = await openTestApi(Date.now, {
    // A token is the name of a role.
    authorize: async (token) => {
      const role = directoryRoles.find(({ displayName }) => nameOf(displayName) === token)
      const roles = token === 'administrator' ? [globalAdministrator.id] : role ? [role.id] : []
      return { name: token, personId: personIds.get(token), roles: permissionsOfRoles(roles) }
    },
  })
  administrator = await createPerson('administrator', globalAdministrator.displayName)
  reader = await createPerson('reader', 'Reports Reader')
  ann = await createPerson('ann')
  for (const { displayName } of directoryRoles) {
    personIds.set(nameOf(displayName), await createPerson(nameOf(displayName), displayName))
  }
})
after(() => api[Symbol.asyncDispose]())

function nameOf(role: string): string {
  return role.replaceAll(' ', '-').toLowerCase()
}

async function createPerson(name: string, role?: string): Promise<string> {
  const { body } = await api.call('POST', '/beta/users', {
    ...{ accountEnabled: true, displayName: name, userPrincipalName: `${name}@contoso.test` },
    passwordProfile: { password: 'correct horse battery' },
  })
  const { id: roleId } = directoryRoles.find(({ displayName }) => displayName === role) ?? {}
  if (roleId) await addMember(roleId, body.id, 'administrator')
  return body.id
}

function addMember(roleId: string, personId: string, token: string) {
  const reference = { '@odata.id': `https://graph/v1.0/directoryObjects/${personId}` }
  return callAs(token, 'POST', `/beta/directoryRoles/${roleId}/members/$ref`, reference)
}

async function callAs(token: string, method: string, path: string, body?: unknown) {
  const answer = await api.call(method, path, body, { authorization: `Bearer ${token}` })
  return answer.status
}

const passwordId = '28c10230-6103-485e-b985-444c60001490'
const takeovers = [
  ['sets the password', 'PATCH', '', { passwordProfile: { password: 'my own password now' } }],
  ['renames', 'PATCH', '', { userPrincipalName: 'gone@contoso.test' }],
  ['disables', 'PATCH', '', { accountEnabled: false }],
  ['deletes', 'DELETE', '', undefined],
  ['signs out', 'POST', '/revokeSignInSessions', undefined],
  [
    'resets the password',
    'POST',
    `/authentication/passwordMethods/${passwordId}/resetPassword`,
    { newPassword: 'my own password now' },
  ],
  ['makes a pass', 'POST', '/authentication/temporaryAccessPassMethods', {}],
] as const
for (const [what, method, path, body] of takeovers) {
  test(`a User Administrator neither ${what} an administrator nor anybody else with a role [G3]`, async () => {
    for (const token of ['user-administrator', 'authentication-administrator']) {
      for (const id of [administrator, reader, personIds.get(token)]) {
        assert.equal(await callAs(token, method, `/beta/users/${id}${path}`, body), 403)
      }
    }
  })
}

test('a User Administrator looks after people without a role [G3]', async () => {
  const path = `/beta/users/${ann}`
  assert.equal(await callAs('user-administrator', 'PATCH', path, { displayName: 'Ann' }), 204)
  assert.equal(
    await callAs('user-administrator', 'PATCH', path, {
      passwordProfile: { password: 'lent until tonight' },
    }),
    204,
  )
  const pass = `${path}/authentication/temporaryAccessPassMethods`
  assert.equal(await callAs('authentication-administrator', 'POST', pass, {}), 201)
})

test('nobody but a Global Administrator gives a role, to themselves or to others [G3]', async () => {
  for (const { displayName } of directoryRoles) {
    const token = nameOf(displayName)
    if (displayName === globalAdministrator.displayName) continue
    for (const { id } of directoryRoles) {
      assert.equal(await addMember(id, personIds.get(token) ?? '', token), 403, token)
    }
    assert.equal(await addMember(globalAdministrator.id, ann, token), 403, token)
  }
})

test('nobody but a Global Administrator becomes a program that may more, or gives it permissions [G3]', async () => {
  const id = await instantiate(api, 'Robot')
  const { body } = await api.call('GET', `/beta/applications/${id}`)
  const { value } = (
    await api.call('GET', `/beta/servicePrincipals?$filter=appId eq '${body.appId}'`)
  ).body
  const [{ id: principalId }] = value
  const resourceId = '7ea2e7a6-3c5f-4e0f-9a53-5a1157010001'
  const appRoleId = '19dbc75e-c2e2-444c-a770-ec69d8559fc7'
  const grant = { principalId, resourceId, appRoleId }
  const attempts = [
    [`/beta/servicePrincipals/${principalId}/appRoleAssignments`, grant],
    [`/beta/servicePrincipals/${resourceId}/appRoleAssignedTo`, grant],
    [`/beta/applications/${id}/addPassword`, { passwordCredential: { displayName: 'mine' } }],
    ['/beta/identity/identityProviders', { id: 'mine' }],
  ] as const
  for (const { displayName } of directoryRoles) {
    if (displayName === globalAdministrator.displayName) continue
    for (const [path, sent] of attempts) {
      const status = await callAs(nameOf(displayName), 'POST', path, sent)
      assert.ok(status === 403 || status === 404, `${displayName} ${path} ${status}`)
    }
  }
})

test('an Application Administrator lets people into applications [S8] [G3]', async () => {
  const id = await instantiate(api, 'Wiki')
  const { body } = await api.call('GET', `/beta/applications/${id}`)
  const { value } = (
    await api.call('GET', `/beta/servicePrincipals?$filter=appId eq '${body.appId}'`)
  ).body
  const [{ id: resourceId }] = value
  const appRoleId = '18d14569-c3bd-439b-9a66-3a2aee01d14f'
  const assignment = { principalId: ann, resourceId, appRoleId }
  const path = `/beta/servicePrincipals/${resourceId}/appRoleAssignedTo`
  assert.equal(await callAs('user-administrator', 'POST', path, assignment), 403)
  assert.equal(await callAs('application-administrator', 'POST', path, assignment), 201)
})

test('everybody is told who they are and what they may do; who is nobody is told so [G3]', async () => {
  const { status, body } = await api.call('GET', '/beta/me', undefined, {
    authorization: 'Bearer reports-reader',
  })
  assert.equal(status, 200)
  assert.equal(body.userPrincipalName, 'reports-reader@contoso.test')
  assert.deepEqual(body.permissions, ['AuditLog.Read.All', 'Directory.Read.All'])
  assert.equal(await callAs('nobody', 'GET', '/beta/me'), 400)
})
