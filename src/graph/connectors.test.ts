import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { OriginHealth } from './call.ts'
import { instantiate, openTestApi } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const profile = '/beta/onPremisesPublishingProfiles/applicationProxy'
const unknown = '00000000-0000-4000-8000-000000000000'

async function createGroup(name: string): Promise<string> {
  return (await api.call('POST', `${profile}/connectorGroups`, { name })).body.id
}

async function defaultGroup(): Promise<string> {
  const { body } = await api.call('GET', `${profile}/connectorGroups?$filter=isDefault eq true`)
  return body.value[0].id
}

let keys = 0
async function enrol(groupId: string): Promise<string> {
  const { body } = await api.call(
    'POST',
    `${profile}/connectorGroups/${groupId}/enrolmentTokens`,
    {},
  )
  const enrolled = await api.directory.enrolConnector(body.token.split('.').at(-1), {
    machineName: 'connector-1.contoso.test',
    externalIp: '192.0.2.7',
    version: '1.0.0',
    publicKey: `key-${keys++}`,
  })
  assert.ok('connectorId' in enrolled)
  return enrolled.connectorId
}

test('a group gives a one-time token and the command that uses it [K1]', async () => {
  const group = await createGroup('Tokens')
  const path = `${profile}/connectorGroups/${group}/enrolmentTokens`
  const before = Date.now()
  const { status, body } = await api.call('POST', path, { lifetimeInMinutes: 5 })
  assert.equal(status, 201)
  assert.match(body.token, /^sp1\.edge\.contoso\.test:443\.ab12\.[\w-]{43}$/)
  assert.equal(body.command, `sallyport connector --token ${body.token}`)
  const lifetime = Date.parse(body.expiresDateTime) - before
  assert.ok(lifetime >= 299_000 && lifetime < 310_000)
  const audits = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=5')
  assert.ok(!JSON.stringify(audits.body).includes(body.token.split('.').at(-1)))
  for (const lifetimeInMinutes of [0, 1441, 1.5, 'x']) {
    assert.equal((await api.call('POST', path, { lifetimeInMinutes })).status, 400)
  }
  const other = `${profile}/connectorGroups/${unknown}/enrolmentTokens`
  assert.equal((await api.call('POST', other, {})).status, 404)
})

test('a connector is listed, filtered, moved to one group at a time, and removed [G1]', async () => {
  const group = await createGroup('Move here')
  const connector = await enrol(await defaultGroup())
  const path = `${profile.toLowerCase()}/connectors/${connector}`
  const { body } = await api.call('GET', `${profile}/connectors?$filter=status eq 'active'&$top=5`)
  assert.deepEqual(body.value, [
    {
      id: connector,
      machineName: 'connector-1.contoso.test',
      externalIp: '192.0.2.7',
      status: 'active',
      version: '1.0.0',
      isDrained: false,
      connectorGroupId: await defaultGroup(),
      createdDateTime: body.value[0].createdDateTime,
      lastSeenDateTime: null,
    },
  ])
  const reference = {
    '@odata.id': `https://graph.microsoft.com/onPremisesPublishingProfiles/applicationproxy/connectorGroups/${group}`,
  }
  assert.equal((await api.call('POST', `${path}/memberOf/$ref`, reference)).status, 204)
  const memberOf = await api.call('GET', `${path}/memberOf`)
  assert.deepEqual(
    memberOf.body.value.map((each: { id: string }) => each.id),
    [group],
  )
  const members = await api.call('GET', `${profile}/connectorGroups/${group}/members`)
  assert.equal(members.body.value[0].id, connector)
  const back = `${profile}/connectorGroups/${await defaultGroup()}/members/$ref`
  const own = { '@odata.id': `${profile}/connectors/${connector}` }
  assert.equal((await api.call('POST', back, own)).status, 204)
  assert.equal((await api.call('DELETE', path)).status, 204)
  assert.equal((await api.call('GET', path)).status, 404)
  assert.equal((await api.call('POST', back, own)).status, 404)
})

test('a connector is taken out of service and back, and audited [K5]', async () => {
  const connector = await enrol(await defaultGroup())
  const path = `${profile}/connectors/${connector}`
  const isDrained = async () => (await api.directory.state()).drainedConnectors.get(connector)
  assert.equal((await api.call('POST', `${path}/drain`, {})).status, 204)
  assert.equal(await isDrained(), 30_000)
  const { body } = await api.call('GET', path)
  assert.deepEqual([body.status, body.isDrained], ['inactive', true])
  assert.equal((await api.call('POST', `${path}/drain`, { graceInSeconds: 0 })).status, 204)
  assert.equal(await isDrained(), 0)
  assert.equal((await api.call('POST', `${path}/resume`, {})).status, 204)
  assert.equal(await isDrained(), undefined)
  const audits = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=3')
  assert.deepEqual(
    audits.body.value.map(
      ({ activityDisplayName }: Record<string, unknown>) => activityDisplayName,
    ),
    ['connector.resume', 'connector.drain', 'connector.drain'],
  )
  for (const graceInSeconds of [-1, 601, 1.5, 'soon']) {
    assert.equal((await api.call('POST', `${path}/drain`, { graceInSeconds })).status, 400)
  }
  for (const verb of ['drain', 'resume']) {
    const other = `${profile}/connectors/${unknown}/${verb}`
    assert.equal((await api.call('POST', other, {})).status, 404)
  }
})

test('what connectors reach is told by connector and by segment [K4]', async () => {
  const health = new Map<string, readonly OriginHealth[]>()
  await using own = await openTestApi(Date.now, {
    connectorHealth: (connectorId) => health.get(connectorId) ?? [],
  })
  const enrolled: string[] = []
  const { defaultGroupId } = await own.directory.state()
  for (const publicKey of ['one', 'two', 'drained']) {
    const change = { author: 'test', reason: '' }
    const token = await own.directory.createEnrolmentToken(defaultGroupId, 60, change)
    const facts = { machineName: publicKey, externalIp: '', version: '1', publicKey }
    const result = await own.directory.enrolConnector(token.secret, facts)
    assert.ok('connectorId' in result)
    enrolled.push(result.connectorId)
    if (publicKey === 'drained') {
      await own.directory.drainConnector(result.connectorId, 0, change)
    }
  }
  const [one = '', two = ''] = enrolled
  const application = await instantiate(own, 'Wiki')
  const published = `/beta/applications/${application}/onPremisesPublishing`
  const urls = { externalUrl: 'https://wiki.contoso.net/', internalUrl: 'http://wiki.test/docs/' }
  await own.call('PATCH', `/beta/applications/${application}`, { onPremisesPublishing: urls })
  const statusOf = async () =>
    (await own.call('GET', `${published}/segmentHealth`)).body.value[0].status
  const wiki = { origin: 'http://wiki.test', tookMs: 1.2 }
  assert.equal(await statusOf(), 'unknown')
  health.set(one, [{ ...wiki, code: 'ok' }])
  assert.equal(await statusOf(), 'healthy')
  health.set(two, [{ ...wiki, code: 'backend-refused' }])
  assert.equal(await statusOf(), 'degraded')
  const all = await own.call('GET', `${profile}/applicationHealth`)
  assert.deepEqual(all.body.value, [{ id: application, displayName: 'Wiki', status: 'degraded' }])
  health.set(one, [{ ...wiki, code: 'backend-timeout' }])
  const { body } = await own.call('GET', `${published}/segmentHealth`)
  assert.deepEqual(body.value, [
    {
      applicationId: application,
      ...urls,
      status: 'unreachable',
      connectors: [
        { id: one, machineName: 'one', isReached: false, reason: 'backend-timeout' },
        { id: two, machineName: 'two', isReached: false, reason: 'backend-refused' },
      ],
    },
  ])
  const whole = await own.call('GET', `${profile}/segmentHealth`)
  assert.deepEqual(whole.body.value, body.value)
  const told = await own.call('GET', `${profile}/connectors/${two}/originHealth`)
  assert.deepEqual(told.body.value, [
    {
      origin: 'http://wiki.test',
      isReached: false,
      reason: 'backend-refused',
      connectTimeInMilliseconds: 1,
    },
  ])
  const other = `${profile}/connectors/${unknown}/originHealth`
  assert.equal((await own.call('GET', other)).status, 404)
})

test('a connector group is created 201, changed 200 with the object, deleted 204 [G1]', async () => {
  const created = await api.call('POST', `${profile}/connectorGroups`, { name: 'Group' })
  assert.equal(created.status, 201)
  const { id, '@odata.context': _, ...facts } = created.body
  const expected = { connectorGroupType: 'applicationProxy', isDefault: false }
  assert.deepEqual(facts, { name: 'Group', ...expected, region: null })
  const path = `${profile}/connectorGroups/${id}`
  const patched = await api.call('PATCH', path, { name: 'Renamed', region: 'eur' })
  assert.equal(patched.status, 200)
  assert.deepEqual([patched.body.name, patched.body.region], ['Renamed', 'eur'])
  assert.equal((await api.call('PATCH', path, { region: 'moon' })).status, 400)
  assert.equal((await api.call('DELETE', path)).status, 204)
  assert.equal((await api.call('GET', path)).status, 404)
  assert.equal((await api.call('PATCH', path, {})).status, 404)
})

test('the rules for regions and deletion are those of the original [G1] [G4]', async () => {
  const standard = `${profile}/connectorGroups/${await defaultGroup()}`
  assert.equal((await api.call('DELETE', standard)).status, 400)
  const group = await createGroup('Busy')
  const connector = await enrol(group)
  const path = `${profile}/connectorGroups/${group}`
  assert.equal((await api.call('DELETE', path)).status, 400)
  const region = await api.call('PATCH', path, { region: 'eur' })
  assert.equal(region.status, 400)
  assert.equal(region.body.error.details[0].target, 'region')
  await api.call('DELETE', `${profile}/connectors/${connector}`)
  assert.equal((await api.call('DELETE', path)).status, 204)
  const twin = await api.call('POST', `${profile}/connectorGroups`, { name: 'default' })
  assert.equal(twin.body.error.details[0].target, 'name')
})

test('an application is given to a group, and belongs to Default without one [G1]', async () => {
  const application = `/beta/applications/${await instantiate(api)}`
  const urls = { externalUrl: 'https://g.test/', internalUrl: 'http://g.internal/' }
  await api.call('PATCH', application, { onPremisesPublishing: urls })
  const path = `${application}/connectorGroup`
  assert.equal((await api.call('GET', path)).body.isDefault, true)
  const group = await createGroup('For one')
  const reference = { '@odata.id': `https://x.test/connectorGroups('${group}')` }
  assert.equal((await api.call('PUT', `${path}/$ref`, reference)).status, 204)
  assert.equal((await api.call('GET', path)).body.id, group)
  const listed = await api.call('GET', `${profile}/connectorGroups/${group}/applications`)
  assert.equal(listed.body.value.length, 1)
  const nowhere = { '@odata.id': `${profile}/connectorGroups/${unknown}` }
  assert.equal((await api.call('PUT', `${path}/$ref`, nowhere)).status, 404)
  const standard = `${profile}/connectorGroups/${await defaultGroup()}/applications`
  const older = await api.call('POST', standard, { '@odata.id': `/beta${application.slice(5)}` })
  assert.equal(older.status, 201)
  assert.equal((await api.call('GET', path)).body.isDefault, true)
  assert.equal((await api.call('GET', standard)).body.value.length, 1)
})

test('the profile itself can be read [G1]', async () => {
  const { body } = await api.call('GET', profile)
  assert.deepEqual([body.id, body.isEnabled], ['applicationProxy', true])
})

test('whoever waits for a connector asks what became of its token [K1]', async () => {
  const group = await createGroup('Waiting')
  const path = `${profile}/connectorGroups/${group}/enrolmentTokens`
  const { body: made } = await api.call('POST', path, {})
  const secret = made.token.split('.').at(-1)
  assert.match(made.id, /^[0-9a-f]{64}$/)
  const waiting = await api.call('GET', `${path}/${made.id}`)
  assert.deepEqual([waiting.body.usedDateTime, waiting.body.connectorId], [null, null])
  assert.ok(!JSON.stringify(waiting.body).includes(secret))
  const facts = { machineName: 'new', externalIp: '192.0.2.9', version: '1', publicKey: 'waiting' }
  const enrolled = await api.directory.enrolConnector(secret, facts)
  assert.ok('connectorId' in enrolled)
  const used = await api.call('GET', `${path}/${made.id}`)
  assert.equal(used.body.connectorId, enrolled.connectorId)
  assert.ok(Date.parse(used.body.usedDateTime) > 0)
  const elsewhere = `${profile}/connectorGroups/${await defaultGroup()}/enrolmentTokens/${made.id}`
  for (const wrong of [elsewhere, `${path}/ff`, `${path}/nonsense`]) {
    assert.equal((await api.call('GET', wrong)).status, 404)
  }
})

test('a connector tells when it was last seen [K4]', async () => {
  const connector = await enrol(await createGroup('Seen'))
  const path = `${profile}/connectors/${connector}`
  assert.equal((await api.call('GET', path)).body.lastSeenDateTime, null)
  await api.directory.noteDeparture(connector)
  assert.ok(Date.parse((await api.call('GET', path)).body.lastSeenDateTime) > 0)
})

test('the edge tells how it was started and what holds for it', async () => {
  const { body } = await api.call('GET', '/beta/edge')
  assert.equal(body.domain, 'contoso.test')
  assert.equal(body.hosts.portal, 'https://portal.contoso.test')
  const denied = { authorization: 'Bearer nobody' }
  assert.equal((await api.call('GET', '/beta/edge', undefined, denied)).status, 403)
})
