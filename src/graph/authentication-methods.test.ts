import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { globalAdministrator } from '../identity/roles.ts'
import { openTestApi, type TestApi } from './test-api.ts'

let api: TestApi
let now = Date.parse('2026-11-22T06:00:00Z')
before(async () => {
  api = await openTestApi(() => now)
})
after(() => api[Symbol.asyncDispose]())

const change = { author: 'ann', reason: 'a test' }
let made = 0

async function createUser(passwordProfile: object = {}): Promise<string> {
  made++
  const { status, body } = await api.call('POST', '/v1.0/users', {
    accountEnabled: true,
    displayName: 'Adele',
    userPrincipalName: `adele${made}@contoso.com`,
    mailNickname: 'adele',
    passwordProfile: { password: 'xWwvJ]6NMw+bWH-d', ...passwordProfile },
  })
  assert.equal(status, 201, JSON.stringify(body))
  return body.id
}

test('all ways of a person are listed with their types, and their secrets never are [G1] [S11]', async () => {
  const id = await createUser()
  const { authenticators } = api.directory
  await authenticators.addPasskey(
    {
      ...{ id: 'AbC_d-1', personId: id, name: 'Laptop', publicKey: 'cose', counter: 0 },
      ...{ transports: [], backedUp: false, createdAt: now, lastUsedAt: undefined },
    },
    change,
  )
  const app = { id: 'b0b0', sealedSecret: 'sealed', lastStep: 0, createdAt: now }
  await authenticators.setCodeApp(id, app, ['h'], change)
  const { status, body } = await api.call('GET', `/v1.0/users/${id}/authentication/methods`)
  assert.equal(status, 200)
  assert.deepEqual(
    body.value.map((method: Record<string, unknown>) => method['@odata.type']),
    [
      '#microsoft.graph.passwordAuthenticationMethod',
      '#microsoft.graph.fido2AuthenticationMethod',
      '#microsoft.graph.softwareOathAuthenticationMethod',
    ],
  )
  assert.doesNotMatch(JSON.stringify(body), /sealed|cose|argon2/)
  const keys = `/beta/users/${id}/authentication/fido2Methods`
  assert.equal((await api.call('GET', keys)).body.value[0].displayName, 'Laptop')
  assert.equal((await api.call('DELETE', `${keys}/AbC_d-1`)).status, 204)
  assert.equal((await api.call('DELETE', `${keys}/AbC_d-1`)).status, 404)
  const apps = `/beta/users/${id}/authentication/softwareOathMethods`
  assert.equal((await api.call('DELETE', `${apps}/b0b0`)).status, 204)
  assert.deepEqual((await api.call('GET', apps)).body.value, [])
  const passwords = `/v1.0/users/${id}/authentication/passwordMethods`
  const [password] = (await api.call('GET', passwords)).body.value
  assert.equal(password.id, '28c10230-6103-485e-b985-444c60001490')
  assert.equal((await api.call('DELETE', `${passwords}/${password.id}`)).status, 405)
})

for (const path of ['methods', 'passwordMethods']) {
  test(`a password is reset at ${path}, to a given or a made one, and changed at the next sign-in [S11]`, async () => {
    const id = await createUser()
    const reset = `/beta/users/${id}/authentication/${path}/28c10230-6103-485e-b985-444c60001490/resetPassword`
    const given = await api.call('POST', reset, { newPassword: 'Cuyo5459-and-more' })
    assert.deepEqual([given.status, given.body.newPassword], [202, null])
    const { mustChangePassword } = await api.directory.authenticators.of(id)
    assert.equal(mustChangePassword, true)
    const stays = { requireChangeOnNextSignIn: false }
    const { status, body } = await api.call('POST', reset, stays)
    assert.equal(status, 202)
    assert.match(body.newPassword, /^[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}$/)
    assert.equal((await api.directory.authenticators.of(id)).mustChangePassword, false)
    assert.equal((await api.call('POST', reset, { newPassword: 'short' })).status, 400)
    const other = reset.replace('28c1', '28c2')
    assert.equal((await api.call('POST', other, {})).status, 404)
    const audit = JSON.stringify(await api.directory.audit(50))
    for (const secret of ['Cuyo5459', body.newPassword]) assert.ok(!audit.includes(secret), secret)
  })
}

test('somebody made or changed with forceChangePasswordNextSignIn must change it, until told otherwise [G1] [S11]', async () => {
  const id = await createUser({ forceChangePasswordNextSignIn: true })
  const must = async () => (await api.directory.authenticators.of(id)).mustChangePassword
  assert.equal(await must(), true)
  const path = `/v1.0/users/${id}`
  const patch = async (passwordProfile: object) =>
    assert.equal((await api.call('PATCH', path, { passwordProfile })).status, 204)
  await patch({ forceChangePasswordNextSignIn: false })
  assert.equal(await must(), false)
  await patch({ password: 'another secret sentence', forceChangePasswordNextSignInWithMfa: true })
  assert.equal(await must(), true)
})

test('a temporary pass is shown once, lives as long as it says, and gives way to the next [S11]', async () => {
  const id = await createUser()
  const path = `/beta/users/${id}/authentication/temporaryAccessPassMethods`
  const created = await api.call('POST', path, { lifetimeInMinutes: 10, isUsableOnce: true })
  assert.equal(created.status, 201)
  const { temporaryAccessPass: code, ...rest } = created.body
  assert.deepEqual(
    [rest.lifetimeInMinutes, rest.isUsableOnce, rest.isUsable, rest.methodUsabilityReason],
    [10, true, true, 'EnabledByPolicy'],
  )
  const { authenticators } = api.directory
  assert.equal(await authenticators.useTemporaryPass(id, `hash of ${code}`, now), true)
  const listed = (await api.call('GET', path)).body.value[0]
  assert.equal(listed.temporaryAccessPass, null)
  assert.equal(listed.methodUsabilityReason, 'OneTimeUsed')
  const later = await api.call('POST', path, { startDateTime: '2026-11-22T08:00:00Z' })
  assert.equal(later.body.methodUsabilityReason, 'NotYetValid')
  assert.equal(later.body.lifetimeInMinutes, 60)
  now += 24 * 3_600_000
  const all = (await api.call('GET', path)).body.value
  assert.deepEqual([all.length, all[0].methodUsabilityReason], [1, 'Expired'])
  for (const body of [
    { lifetimeInMinutes: 9 },
    { lifetimeInMinutes: 43_201 },
    { startDateTime: 'soon' },
    { startDateTime: '2020-01-01T00:00:00Z' },
    { temporaryAccessPass: 'chosen' },
  ]) {
    assert.equal((await api.call('POST', path, body)).status, 400, JSON.stringify(body))
  }
  assert.equal((await api.call('DELETE', `${path}/${all[0].id}`)).status, 204)
})

test('only who may change people sees or changes how they prove themselves [G3]', async () => {
  const id = await createUser()
  const headers = { authorization: 'Bearer applications' }
  for (const [method, path] of [
    ['GET', `users/${id}/authentication/methods`],
    ['POST', `users/${id}/authentication/temporaryAccessPassMethods`],
    ['POST', `directoryRoles/${globalAdministrator.id}/members/$ref`],
  ] as const) {
    const body = method === 'POST' ? {} : undefined
    assert.equal((await api.call(method, `/v1.0/${path}`, body, headers)).status, 403)
  }
})

test('a role is given and taken by reference, and the last administrator stays [G1]', async () => {
  const [first, second] = [await createUser(), await createUser()]
  const role = `/v1.0/directoryRoles/${globalAdministrator.id}`
  const [only] = (await api.call('GET', '/v1.0/directoryRoles')).body.value
  assert.deepEqual(
    [only.roleTemplateId, only.displayName],
    [globalAdministrator.id, 'Global Administrator'],
  )
  const add = (id: string) =>
    api.call('POST', `${role}/members/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}`,
    })
  assert.equal((await add(first)).status, 204)
  const refused = await api.call('DELETE', `${role}/members/${first}/$ref`)
  assert.equal(refused.status, 400)
  assert.match(refused.body.error.message, /last Global Administrator/)
  assert.equal((await api.call('DELETE', `/v1.0/users/${first}`)).status, 400)
  const disabled = { accountEnabled: false }
  assert.equal((await api.call('PATCH', `/v1.0/users/${first}`, disabled)).status, 400)
  assert.equal((await add(second)).status, 204)
  assert.equal((await add(second)).status, 400)
  assert.equal((await api.call('GET', `${role}/members`)).body.value.length, 2)
  assert.equal((await api.call('DELETE', `${role}/members/${first}/$ref`)).status, 204)
  assert.equal((await api.call('GET', `/v1.0/directoryRoles/${first}`)).status, 404)
})
