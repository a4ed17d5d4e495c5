import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { verifyPassword } from '../identity/local/password.ts'
import { openTestApi } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

// The original's own example.
const adele = {
  accountEnabled: true,
  displayName: 'Adele Vance',
  mailNickname: 'AdeleV',
  userPrincipalName: 'AdeleV@contoso.com',
  passwordProfile: { forceChangePasswordNextSignIn: true, password: 'xWwvJ]6NMw+bWH-d' },
}
const unknown = '00000000-0000-4000-8000-000000000000'

test('who vouches for a person is told by $select [G1] [S11]', async () => {
  const { id } = (
    await api.call('POST', '/v1.0/users', {
      ...adele,
      displayName: 'Ian',
      userPrincipalName: 'i@contoso.com',
    })
  ).body
  const identities = async (user: string) =>
    (await api.call('GET', `/beta/users/${user}?$select=displayName,identities`)).body.identities
  const own = { signInType: 'userPrincipalName', issuer: 'contoso.com' }
  assert.deepEqual(await identities(id), [{ ...own, issuerAssignedId: 'i@contoso.com' }])
  const arrived = await api.directory.arrivals.admit({
    ...{ providerId: 'idp', providerName: 'IdP', issuer: 'https://idp.test', subject: 's1' },
    ...{ userPrincipalNames: ['brought@contoso.com'], displayName: 'Brought', mail: undefined },
    ...{ link: undefined, admitsNewPeople: true, ruledGroupIds: [], groupIds: [] },
    groupsWithheld: false,
  })
  const federated = { signInType: 'federated', issuer: 'https://idp.test', issuerAssignedId: 's1' }
  assert.deepEqual(await identities(arrived?.id ?? ''), [federated])
  assert.ok(!('identities' in (await api.call('GET', `/beta/users/${id}`)).body))
  assert.equal((await api.call('GET', '/beta/users?$select=identities')).status, 400)
})

test('a person is created, found, changed and deleted [G1]', async () => {
  const created = await api.call('POST', '/v1.0/users', adele)
  assert.equal(created.status, 201)
  const { id } = created.body
  const { '@odata.context': _, ...facts } = created.body
  assert.deepEqual(facts, {
    id,
    userPrincipalName: 'AdeleV@contoso.com',
    displayName: 'Adele Vance',
    mail: null,
    accountEnabled: true,
  })
  const path = '/v1.0/users/adelev@CONTOSO.com'
  assert.equal((await api.call('GET', path)).body.id, id)
  assert.equal((await api.call('GET', `/beta/users('${id}')`)).body.id, id)
  const change = { displayName: 'Adele V.', mail: 'a@contoso.com', accountEnabled: false }
  assert.equal((await api.call('PATCH', path, change)).status, 204)
  const { body } = await api.call('GET', "/v1.0/users?$filter=startswith(displayName,'Adele')")
  assert.deepEqual(body.value, [{ ...facts, ...change }])
  assert.equal((await api.call('DELETE', path)).status, 204)
  assert.equal((await api.call('GET', path)).status, 404)
  assert.equal((await api.call('DELETE', `/v1.0/users/${unknown}`)).status, 404)
})

test('a password is set alone, hashed, and in no answer and no audit entry [D4] [G4]', async () => {
  const { body } = await api.call('POST', '/v1.0/users', {
    ...adele,
    userPrincipalName: 'p@contoso.com',
  })
  const path = `/v1.0/users/${body.id}`
  const passwordProfile = { password: 'another secret' }
  assert.equal((await api.call('PATCH', path, { passwordProfile })).status, 204)
  const verifier = await api.directory.people.passwordOf(body.id)
  assert.ok(await verifyPassword(verifier, 'another secret'))
  const mixed = await api.call('PATCH', path, { passwordProfile, displayName: 'x' })
  assert.equal(mixed.status, 400)
  assert.equal(mixed.body.error.details[0].target, 'passwordProfile')
  const audits = JSON.stringify((await api.call('GET', '/beta/auditLogs/directoryAudits')).body)
  assert.ok(!audits.includes('another secret') && !audits.includes('argon2'))
})

const badPeople = [
  [{ userPrincipalName: 'adele' }, 'userPrincipalName'],
  [{ userPrincipalName: 'a b@contoso.com' }, 'userPrincipalName'],
  [{ displayName: ' ' }, 'displayName'],
  [{ mail: 'x' }, 'mail'],
  [{ passwordProfile: { password: 'short' } }, 'passwordProfile/password'],
  [{ passwordProfile: undefined }, 'passwordProfile'],
  [{ accountEnabled: 'true' }, 'accountEnabled'],
  [{ jobTitle: 'Manager' }, 'jobTitle'],
] as const
for (const [change, target] of badPeople) {
  test(`a person with ${JSON.stringify(change)} is refused at ${target} [G4]`, async () => {
    const answer = await api.call('POST', '/v1.0/users', { ...adele, ...change })
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error.details[0].target, target)
  })
}

test('a name that is taken is refused at its place, in any case [G4]', async () => {
  await api.call('POST', '/v1.0/users', { ...adele, userPrincipalName: 'twin@contoso.com' })
  const again = { ...adele, userPrincipalName: 'TWIN@contoso.com' }
  const answer = await api.call('POST', '/v1.0/users', again)
  assert.equal(answer.status, 400)
  assert.equal(answer.body.error.details[0].target, 'userPrincipalName')
})

test('revokeSignInSessions ends the sessions of the person [S9] [G1]', async () => {
  const name = { ...adele, userPrincipalName: 'session@contoso.com' }
  const { body } = await api.call('POST', '/v1.0/users', name)
  const { sessions } = api.directory
  const application = await api.directory.createApplication('S', { author: 'a', reason: '' })
  const session = {
    id: 'session-1',
    personId: body.id,
    userPrincipalName: name.userPrincipalName,
    displayName: name.displayName,
    applicationId: application.id,
    providerId: 'embedded',
    providerSessionId: undefined,
    createdAt: Date.now(),
    expiresAt: Date.now() + 60_000,
    authenticatedAt: Date.now(),
    amr: [],
    acr: undefined,
    claims: {},
    verifiedAt: Date.now(),
    refreshable: false,
    seenAt: Date.now(),
  }
  await sessions.create(session, '')
  const { providerRecords } = api.directory
  for (const kind of ['Session', 'RefreshToken', 'AuthorizationCode']) {
    await providerRecords.upsert(kind, 'one', { accountId: body.id }, 60)
    await providerRecords.upsert(kind, 'other', { accountId: 'somebody else' }, 60)
  }
  const answer = await api.call('POST', `/v1.0/users/${body.id}/revokeSignInSessions`)
  assert.deepEqual([answer.status, answer.body.value], [200, true])
  assert.equal(await sessions.find('session-1'), undefined)
  for (const kind of ['Session', 'RefreshToken', 'AuthorizationCode']) {
    assert.equal(await providerRecords.find(kind, 'one'), undefined, kind)
    assert.ok(await providerRecords.find(kind, 'other'), kind)
  }
  // A sign-in that the provider vouched for before does not come in behind the revocation.
  await assert.rejects(sessions.create({ ...session, id: 'late' }, ''))
  const later = { ...session, id: 'later', verifiedAt: Date.now() + 1 }
  await sessions.create(later, '')
  assert.ok(await sessions.find('later'))
})

test('a group is a member of another group, and never of itself by any way [G1] [S8]', async () => {
  const create = async (displayName: string) => {
    const sent = { displayName, mailEnabled: false, mailNickname: 'x', securityEnabled: true }
    return (await api.call('POST', '/v1.0/groups', sent)).body.id as string
  }
  const [outer, inner] = [await create('Outer'), await create('Inner')]
  const refer = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/groups/${id}` })
  const members = (id: string) => `/v1.0/groups/${id}/members`
  assert.equal((await api.call('POST', `${members(outer)}/$ref`, refer(inner))).status, 204)
  for (const [group, member] of [
    [outer, inner],
    [inner, outer],
    [outer, outer],
  ] as const) {
    assert.equal((await api.call('POST', `${members(group)}/$ref`, refer(member))).status, 400)
  }
  const listed = await api.call('GET', members(outer))
  const [member] = listed.body.value
  assert.deepEqual([member['@odata.type'], member.id], ['#microsoft.graph.group', inner])
  assert.equal((await api.call('DELETE', `${members(outer)}/${inner}/$ref`)).status, 204)
  assert.equal((await api.call('DELETE', `${members(outer)}/${inner}/$ref`)).status, 404)
})

test('a group is created, filled, read, emptied and deleted [G1]', async () => {
  const person = { ...adele, userPrincipalName: 'member@contoso.com' }
  const { id } = (await api.call('POST', '/v1.0/users', person)).body
  const created = await api.call('POST', '/v1.0/groups', {
    displayName: 'Library Assist',
    mailEnabled: false,
    mailNickname: 'library',
    securityEnabled: true,
  })
  assert.equal(created.status, 201)
  const path = `/v1.0/groups/${created.body.id}`
  const members = `${path}/members`
  const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` }
  assert.equal((await api.call('POST', `${members}/$ref`, reference)).status, 204)
  assert.equal((await api.call('POST', `${members}/$ref`, reference)).status, 400)
  const listed = await api.call('GET', `${members}?$select=id`)
  assert.deepEqual(listed.body.value, [{ '@odata.type': '#microsoft.graph.user', id }])
  assert.equal((await api.call('DELETE', `${members}/${id}/$ref`)).status, 204)
  assert.equal((await api.call('DELETE', `${members}/${id}/$ref`)).status, 404)
  assert.equal((await api.call('GET', path)).body.displayName, 'Library Assist')
  assert.equal((await api.call('DELETE', path)).status, 204)
  assert.equal((await api.call('GET', members)).status, 404)
})

const badReferences = [
  ['no reference', {}, 400],
  ['another collection', { '@odata.id': `https://x.test/beta/applications/${unknown}` }, 400],
  ['a path without id', { '@odata.id': 'https://x.test/beta/users' }, 400],
  ['somebody unknown', { '@odata.id': `users('${unknown}')` }, 404],
] as const
for (const [what, body, status] of badReferences) {
  test(`a reference to ${what} is answered ${status} [G4]`, async () => {
    const group = await api.call('POST', '/v1.0/groups', { displayName: 'G' })
    const path = `/v1.0/groups/${group.body.id}/members/$ref`
    assert.equal((await api.call('POST', path, body)).status, status)
  })
}
