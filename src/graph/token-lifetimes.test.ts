import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { tokenLifetimeSeconds } from '../policy/token-lifetime.ts'
import { instantiate, openTestApi } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const policies = '/v1.0/policies/tokenLifetimePolicies'

// The original's own example.
const eightHours = {
  definition: ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"8:00:00"}}'],
  displayName: 'Contoso token lifetime policy',
  isOrganizationDefault: false,
}

function lasting(lifetime: string, isOrganizationDefault = false) {
  const definition = [
    JSON.stringify({ TokenLifetimePolicy: { Version: 1, AccessTokenLifetime: lifetime } }),
  ]
  return { definition, displayName: lifetime, isOrganizationDefault }
}

function reference(id: string) {
  return { '@odata.id': `https://graph.microsoft.com/v1.0/policies/tokenLifetimePolicies/${id}` }
}

async function secondsOf(application: string): Promise<number> {
  return tokenLifetimeSeconds((await api.directory.state()).tokenLifetimes, application)
}

test('a policy is created, found, changed and deleted as in the published examples [S6] [G1]', async () => {
  const created = await api.call('POST', policies, eightHours)
  assert.equal(created.status, 201)
  const { id } = created.body
  const { '@odata.context': context, ...facts } = created.body
  assert.match(context, /\$metadata#policies\/tokenLifetimePolicies\/\$entity$/)
  assert.deepEqual(facts, { id, deletedDateTime: null, ...eightHours })
  assert.deepEqual((await api.call('GET', `${policies}/${id}`)).body.definition, facts.definition)
  assert.equal((await api.call('GET', `/beta/policies/tokenLifetimePolicies`)).body.value.length, 1)
  const change = { definition: lasting('2:00:00').definition }
  assert.equal((await api.call('PATCH', `${policies}/${id}`, change)).status, 204)
  const changed = await api.call('GET', `${policies}/${id}?$select=definition,displayName`)
  assert.deepEqual(changed.body.definition, change.definition)
  assert.equal(changed.body.displayName, eightHours.displayName)
  assert.equal((await api.call('DELETE', `${policies}/${id}`)).status, 204)
  assert.equal((await api.call('DELETE', `${policies}/${id}`)).status, 404)
})

test('an application has one policy at most, given to it or to its service principal [S6]', async () => {
  const application = await instantiate(api)
  const found = await api.call('GET', `/v1.0/applications/${application}`)
  const principals = (await api.call('GET', `/v1.0/servicePrincipals`)).body.value
  const principal = principals.find((each: { appId: string }) => each.appId === found.body.appId)
  const [first, second] = await Promise.all(
    ['2:00:00', '3:00:00'].map((span) => api.call('POST', policies, lasting(span))),
  )
  const own = `/v1.0/applications/${application}/tokenLifetimePolicies`
  const added = await api.call('POST', `${own}/$ref`, reference(first?.body.id))
  assert.equal(added.status, 204)
  assert.equal(await secondsOf(application), 7_200)

  const asPrincipal = `/v1.0/servicePrincipals/${principal.id}/tokenLifetimePolicies`
  assert.equal((await api.call('GET', asPrincipal)).body.value[0].id, first?.body.id)
  const again = await api.call('POST', `${asPrincipal}/$ref`, reference(second?.body.id))
  assert.equal(again.status, 400)
  assert.equal(again.body.error.code, 'Request_MultipleObjectsWithSameKeyValue')

  const appliesTo = await api.call('GET', `${policies}/${first?.body.id}/appliesTo`)
  assert.deepEqual(
    appliesTo.body.value.map((each: Record<string, string>) => [each['@odata.type'], each['id']]),
    [['#microsoft.graph.application', application]],
  )
  const removed = await api.call('DELETE', `${own}/${first?.body.id}/$ref`)
  assert.equal(removed.status, 204)
  assert.equal((await api.call('DELETE', `${own}/${first?.body.id}/$ref`)).status, 404)
  assert.deepEqual((await api.call('GET', own)).body.value, [])
  assert.equal(await secondsOf(application), 3_600)
})

test("the organisation's default wins over the application's policy; there is one [S6]", async () => {
  const application = await instantiate(api)
  const own = (await api.call('POST', policies, lasting('23:59:59'))).body.id
  const ref = `/beta/applications/${application}/tokenLifetimePolicies/$ref`
  await api.call('POST', ref, reference(own))
  assert.equal(await secondsOf(application), 86_399)
  const organization = await api.call('POST', policies, lasting('00:10:00', true))
  assert.equal(await secondsOf(application), 600)
  const second = await api.call('POST', policies, lasting('00:20:00', true))
  assert.equal(second.status, 400)
  assert.equal(second.body.error.details[0].target, 'isOrganizationDefault')
  await api.call('DELETE', `${policies}/${organization.body.id}`)
  assert.equal(await secondsOf(application), 86_399)
  await api.call('DELETE', `${policies}/${own}`)
  assert.equal(await secondsOf(application), 3_600)
})

const refused = [
  [{ definition: [] }, 'definition'],
  [{ definition: ['8:00:00'] }, 'definition/0'],
  [{ definition: lasting('00:09:59').definition }, 'definition/0/AccessTokenLifetime'],
  [{ definition: 'x' }, 'definition'],
  [{ displayName: '' }, 'displayName'],
  [{ isOrganizationDefault: 'true' }, 'isOrganizationDefault'],
  [{ unknown: 1 }, 'unknown'],
] as const
for (const [change, target] of refused) {
  test(`a policy with ${JSON.stringify(change)} is refused at ${target} [G4]`, async () => {
    const answer = await api.call('POST', policies, { ...eightHours, ...change })
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error.details[0].target, target)
  })
}

test('policies are for administrators of applications, not of connectors [G3]', async () => {
  for (const [caller, status] of [
    ['applications', 200],
    ['profiles', 403],
    ['nobody', 403],
  ] as const) {
    const headers = { authorization: `Bearer ${caller}` }
    assert.equal((await api.call('GET', policies, undefined, headers)).status, status, caller)
  }
})
