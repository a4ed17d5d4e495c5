import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { instantiate, openTestApi, publishWildcard, segmentsOf } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const profile = '/beta/onPremisesPublishingProfiles/applicationProxy'
const wildcard = await publishWildcard(api)
const segment = await makeSegment()

async function makeSegment(): Promise<string> {
  const { headers } = await api.call('POST', segmentsOf(wildcard), {
    externalUrl: 'https://a.contoso.net/',
    internalUrl: 'http://a.test/',
    corsConfigurations: [{ resource: '/', allowedOrigins: ['https://b.contoso.net'] }],
  })
  return new URL(headers.get('location') ?? '').pathname
}

async function made(path: string, body: object): Promise<string> {
  return `${path}/${(await api.call('POST', path, body)).body.id}`
}

const rule = `${segment}/corsConfigurations/${
  (await api.call('GET', `${segment}/corsConfigurations`)).body.value[0].id
}`
const conditionalAccess = '/beta/identity/conditionalAccess'
const definition = ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"8:00:00"}}']
// [resource, a change of it]
const resources = [
  [`/beta/applications/${await instantiate(api, 'Own')}`, { displayName: 'Other' }],
  [wildcard, { onPremisesPublishing: { isInMaintenance: true } }],
  [`${wildcard}/onPremisesPublishing`, { isInMaintenance: false }],
  [segment, { internalUrl: 'http://b.test/' }],
  [rule, { maxAgeInSeconds: 5 }],
  [await made(`${profile}/connectorGroups`, { name: 'Berlin' }), { name: 'Bonn' }],
  [
    await made('/beta/users', {
      displayName: 'Ann',
      userPrincipalName: 'ann@contoso.com',
      passwordProfile: { password: 'long enough for everybody' },
    }),
    { displayName: 'Anna' },
  ],
  [
    await made('/beta/policies/tokenLifetimePolicies', { displayName: 'Day', definition }),
    { displayName: 'Shift' },
  ],
  [
    await made(`${conditionalAccess}/namedLocations`, {
      '@odata.type': '#microsoft.graph.ipNamedLocation',
      displayName: 'Office',
      ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '192.0.2.0/24' }],
    }),
    { '@odata.type': '#microsoft.graph.ipNamedLocation', displayName: 'House' },
  ],
  [
    await made(`${conditionalAccess}/policies`, {
      displayName: 'All',
      state: 'disabled',
      conditions: {
        users: { includeUsers: ['All'] },
        applications: { includeApplications: ['All'] },
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    }),
    { state: 'enabledForReportingButNotEnforced' },
  ],
] as const

for (const [path, change] of resources) {
  const name = path.replaceAll(/[0-9a-f-]{36}/g, '{id}')
  test(`PATCH ${name} happens only to what the caller saw [G4]`, async () => {
    const seen = await api.call('GET', path)
    const etag = seen.headers.get('etag') ?? ''
    assert.match(etag, /^"[A-Za-z0-9_-]{22}"$/)

    const late = await api.call('PATCH', path, change, { 'if-match': '"another"' })
    assert.equal(late.status, 412)
    assert.equal(late.body.error.code, 'Request_PreconditionFailed')
    const weak = await api.call('PATCH', path, change, { 'if-match': `W/${etag}` })
    assert.equal(weak.status, 412)
    assert.deepEqual((await api.call('GET', path)).body, seen.body)

    const fitting = await api.call('PATCH', path, change, { 'if-match': etag })
    assert.ok(fitting.status < 300, JSON.stringify(fitting.body))
    const changed = await api.call('GET', path)
    assert.notEqual(changed.headers.get('etag'), etag)
    const again = await api.call('PATCH', path, change, { 'if-match': etag })
    assert.equal(again.status, 412)
  })
}

test('of callers who saw the same, one gets through, however close they are [G4]', async () => {
  const path = `/beta/applications/${await instantiate(api, 'Racing')}`
  const etag = (await api.call('GET', path)).headers.get('etag') ?? ''
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, at) =>
      api.call('PATCH', path, { displayName: `Racer ${at}` }, { 'if-match': etag }),
    ),
  )
  const statuses = answers.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [204, 412, 412, 412, 412, 412, 412, 412])
})

test('DELETE with a stale tag deletes nothing, with any tag or the right one it does [G4]', async () => {
  for (const [path] of [...resources].reverse().slice(0, -3)) {
    const stale = await api.call('DELETE', path, undefined, { 'if-match': '"another"' })
    assert.equal(stale.status, 412, path)
    const { headers } = await api.call('GET', path)
    const right = { 'if-match': `"x", ${headers.get('etag')}` }
    assert.equal((await api.call('DELETE', path, undefined, right)).status, 204, path)
    assert.equal((await api.call('DELETE', path, undefined, { 'if-match': '*' })).status, 404, path)
  }
})

test('an application is published by somebody only if nobody was faster [G4]', async () => {
  const path = `/beta/applications/${await instantiate(api, 'First')}/onPremisesPublishing`
  const urls = { externalUrl: 'https://first.contoso.org/', internalUrl: 'http://first.test/' }
  assert.equal((await api.call('PATCH', path, urls, { 'if-match': '"x"' })).status, 412)
  const first = { 'if-none-match': '*' }
  assert.equal((await api.call('PATCH', path, urls, first)).status, 204)
  assert.equal((await api.call('PATCH', path, urls, first)).status, 412)
})

test('a condition is never overlooked where there is nothing to compare it with [G4]', async () => {
  const path = `${wildcard}/connectorGroup/$ref`
  for (const [method, at] of [
    ['PUT', path],
    ['POST', '/beta/users'],
    ['POST', '/beta/users/x/revokeSignInSessions'],
  ] as const) {
    const answer = await api.call(method, at, {}, { 'if-match': '"x"' })
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error.innerError.code, 'no-entity-tag')
  }
})

test('a caller that has the representation already gets 304 [G1]', async () => {
  const path = '/beta/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621'
  const { headers } = await api.call('GET', path)
  const etag = headers.get('etag') ?? ''
  const known = await api.call('GET', path, undefined, { 'if-none-match': `W/${etag}` })
  assert.equal(known.status, 304)
  assert.equal(known.body, undefined)
  assert.equal(known.headers.get('etag'), etag)
  const part = await api.call('GET', `${path}?$select=id`)
  assert.equal(part.headers.get('etag'), etag)
})

test('a caller says how much it wants to see of what it changed [G1]', async () => {
  const path = `/beta/applications/${await instantiate(api, 'Preferred')}`
  const prefer = (value: string) => ({ prefer: `respond-async, ${value}` })
  const whole = await api.call('PATCH', path, { displayName: 'A' }, prefer('return=representation'))
  assert.equal(whole.status, 200)
  assert.equal(whole.body.displayName, 'A')
  assert.equal(whole.headers.get('preference-applied'), 'return=representation')
  assert.equal(whole.headers.get('etag'), (await api.call('GET', path)).headers.get('etag'))

  const group = { name: 'Preferred' }
  const little = await api.call(
    'POST',
    `${profile}/connectorGroups`,
    group,
    prefer('return=minimal'),
  )
  assert.equal(little.status, 204)
  assert.equal(little.headers.get('odata-entityid'), little.headers.get('location'))
  const location = new URL(little.headers.get('location') ?? '').pathname
  assert.equal((await api.call('GET', location)).body.name, 'Preferred')
})

test('what is told only once is told, whatever the caller prefers', async () => {
  const user = await made('/beta/users', {
    displayName: 'Ben',
    userPrincipalName: 'ben@contoso.com',
    passwordProfile: { password: 'long enough for everybody' },
  })
  const path = `${user}/authentication/temporaryAccessPassMethods`
  const { status, body } = await api.call('POST', path, {}, { prefer: 'return=minimal' })
  assert.equal(status, 201)
  assert.ok(body.temporaryAccessPass)
})

test('a new resource says where it is [G1]', async () => {
  const answer = await api.call('POST', '/v1.0/groups', { displayName: 'Crew' })
  assert.equal(
    answer.headers.get('location'),
    `https://api.contoso.test/v1.0/groups/${answer.body.id}`,
  )
})
