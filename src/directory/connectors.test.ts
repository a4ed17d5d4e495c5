import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Directory } from './directory.ts'
import { accepted, change, codesOf, createApplication, isFault, openInMemory } from './fixture.ts'

const facts = { machineName: 'lab-1', externalIp: '203.0.113.7', version: '1.0.0' }

async function enrol(directory: Directory, groupId: string, publicKey: string): Promise<string> {
  const { secret } = await directory.createEnrolmentToken(groupId, 600, change)
  const result = await directory.enrolConnector(secret, { ...facts, publicKey })
  assert.ok('connectorId' in result)
  return result.connectorId
}

async function createGroup(directory: Directory, name: string, region?: string) {
  return accepted(await directory.createConnectorGroup({ name, region }, change))
}

test('the Default group is there from the start and belongs to everybody', async (t) => {
  const directory = await openInMemory(t)
  const { defaultGroupId } = await directory.state()
  const group = { id: defaultGroupId, name: 'Default', isDefault: true, region: undefined }
  assert.deepEqual(await directory.connectorGroups(), [group])
  assert.deepEqual(codesOf(await directory.deleteConnectorGroup(group.id, change)), [
    'default-group',
  ])
})

test('a token and a key make a connector of its group [K1]', async (t) => {
  const directory = await openInMemory(t, () => 5_000)
  const group = await createGroup(directory, 'Lab')
  const id = await enrol(directory, group.id, 'key-1')
  const connector = {
    id,
    groupId: group.id,
    ...facts,
    publicKey: 'key-1',
    registeredAt: 5_000,
    drainSeconds: undefined,
    lastSeenAt: undefined,
  }
  assert.deepEqual(await directory.connector(id), connector)
  assert.deepEqual(await directory.connectors(), [connector])
  assert.deepEqual((await directory.state()).connectorGroups, new Map([[id, group.id]]))
})

test('a token works once, in its time, and says why it does not [K1]', async (t) => {
  let now = 1_000_000
  const directory = await openInMemory(t, () => now)
  const { defaultGroupId } = await directory.state()
  const first = await directory.createEnrolmentToken(defaultGroupId, 60, change)
  const second = await directory.createEnrolmentToken(defaultGroupId, 60, change)
  assert.equal(first.expiresAt, now + 60_000)
  assert.match(first.secret, /^[\w-]{43}$/)
  const refusal = async (secret: string, publicKey: string) => {
    const result = await directory.enrolConnector(secret, { ...facts, publicKey })
    return 'refused' in result ? result.refused : undefined
  }
  assert.equal(await refusal('made-up', 'key-1'), 'unknown-token')
  assert.equal(await refusal(first.secret, 'key-1'), undefined)
  assert.equal(await refusal(first.secret, 'key-2'), 'used-token')
  now += 60_000
  assert.equal(await refusal(second.secret, 'key-2'), 'expired-token')
  assert.equal(await refusal(first.secret, 'key-2'), 'used-token')
  assert.equal((await directory.connectors()).length, 1)
})

test('of many who use one token at once, one gets in [K1]', async (t) => {
  const directory = await openInMemory(t)
  const { defaultGroupId } = await directory.state()
  const { secret } = await directory.createEnrolmentToken(defaultGroupId, 60, change)
  const attempts = Array.from({ length: 10 }, (_, index) =>
    directory.enrolConnector(secret, { ...facts, publicKey: `key-${index}` }),
  )
  const results = await Promise.all(attempts)
  assert.equal(results.filter((result) => 'connectorId' in result).length, 1)
  assert.equal((await directory.connectors()).length, 1)
})

test('neither the secret nor its hash is in the audit trail [K1]', async (t) => {
  const directory = await openInMemory(t)
  const { defaultGroupId } = await directory.state()
  const { secret, expiresAt } = await directory.createEnrolmentToken(defaultGroupId, 60, change)
  const [entry] = await directory.audit(1)
  assert.deepEqual(entry?.after, { groupId: defaultGroupId, expiresAt })
  assert.ok(!JSON.stringify(entry).includes(secret))
})

test('a token is for an existing group and a short time', async (t) => {
  const directory = await openInMemory(t)
  const { defaultGroupId } = await directory.state()
  await assert.rejects(directory.createEnrolmentToken('none', 60, change), isFault('not-found'))
  for (const lifetime of [0, -1, Number.NaN, 8 * 24 * 3600]) {
    const asked = directory.createEnrolmentToken(defaultGroupId, lifetime, change)
    await assert.rejects(asked, isFault('invalid'))
  }
})

test('a key is enrolled once, and the second try does not use up its token [K1]', async (t) => {
  const directory = await openInMemory(t)
  const { defaultGroupId } = await directory.state()
  const id = await enrol(directory, defaultGroupId, 'key-1')
  const { secret } = await directory.createEnrolmentToken(defaultGroupId, 60, change)
  const again = directory.enrolConnector(secret, { ...facts, publicKey: 'key-1' })
  await assert.rejects(again, isFault('already-exists'))
  await directory.deleteConnector(id, change)
  assert.ok(
    'connectorId' in (await directory.enrolConnector(secret, { ...facts, publicKey: 'key-1' })),
  )
})

test('what a connector tells about itself is kept, not audited, and no new version', async (t) => {
  const directory = await openInMemory(t)
  const { defaultGroupId } = await directory.state()
  const id = await enrol(directory, defaultGroupId, 'key-1')
  const { version } = await directory.state()
  const news = { machineName: 'lab-2', externalIp: '203.0.113.8', version: '1.1.0' }
  await directory.noteConnector(id, news)
  await directory.noteConnector('none', news)
  const { machineName, externalIp, version: build } = (await directory.connector(id)) ?? facts
  assert.deepEqual({ machineName, externalIp, version: build }, news)
  assert.equal((await directory.state()).version, version)
})

test('a connector moves between groups and can be deleted [K5]', async (t) => {
  const directory = await openInMemory(t)
  const { defaultGroupId } = await directory.state()
  const id = await enrol(directory, defaultGroupId, 'key-1')
  const lab = await createGroup(directory, 'Lab')
  assert.equal(await directory.moveConnector(id, lab.id, change), true)
  assert.deepEqual((await directory.state()).connectorGroups, new Map([[id, lab.id]]))
  await assert.rejects(directory.moveConnector(id, 'none', change), isFault('not-found'))
  assert.equal(await directory.moveConnector('none', lab.id, change), false)
  assert.equal(await directory.deleteConnector(id, change), true)
  assert.equal(await directory.deleteConnector(id, change), false)
  assert.deepEqual((await directory.state()).connectorGroups, new Map())
})

test('a connector enters a group with a region from one without, or from the same region', async (t) => {
  const directory = await openInMemory(t)
  const { defaultGroupId } = await directory.state()
  const id = await enrol(directory, defaultGroupId, 'key-1')
  const europe = await createGroup(directory, 'Europe', 'eur')
  const berlin = await createGroup(directory, 'Berlin', 'eur')
  const asia = await createGroup(directory, 'Asia', 'asia')
  assert.equal(await directory.moveConnector(id, europe.id, change), true)
  assert.equal(await directory.moveConnector(id, berlin.id, change), true)
  await assert.rejects(directory.moveConnector(id, asia.id, change), isFault('invalid'))
  assert.equal(await directory.moveConnector(id, defaultGroupId, change), true)
  assert.equal(await directory.moveConnector(id, asia.id, change), true)
})

test('the region of a group changes only while nothing uses it', async (t) => {
  const directory = await openInMemory(t)
  const { defaultGroupId } = await directory.state()
  const lab = await createGroup(directory, 'Lab')
  const setRegion = (id: string, region: string) =>
    directory.updateConnectorGroup(id, change, (value) => ({ value: { ...value, region } }))
  assert.equal(accepted(await setRegion(lab.id, 'eur')).region, 'eur')
  const connector = await enrol(directory, lab.id, 'key-1')
  assert.deepEqual(codesOf(await setRegion(lab.id, 'asia')), ['group-in-use'])
  await directory.deleteConnector(connector, change)
  const { id } = await createApplication(directory, 'Expenses', { connectorGroupId: lab.id })
  assert.deepEqual(codesOf(await setRegion(lab.id, 'asia')), ['group-in-use'])
  await directory.updateApplication(id, change, (value) => ({
    value: { ...value, connectorGroupId: undefined },
  }))
  assert.equal(accepted(await setRegion(lab.id, 'asia')).region, 'asia')
  assert.deepEqual(codesOf(await setRegion(defaultGroupId, 'eur')), ['group-in-use'])
})

test('names of groups are unique in any case', async (t) => {
  const directory = await openInMemory(t)
  const lab = await createGroup(directory, 'Lab')
  const other = await createGroup(directory, 'Other')
  const create = directory.createConnectorGroup({ name: 'LAB', region: undefined }, change)
  assert.deepEqual(codesOf(await create), ['already-exists'])
  const rename = (id: string, name: string) =>
    directory.updateConnectorGroup(id, change, (value) => ({ value: { ...value, name } }))
  assert.deepEqual(codesOf(await rename(other.id, 'lab')), ['already-exists'])
  assert.equal(accepted(await rename(lab.id, 'LAB')).name, 'LAB')
  await assert.rejects(rename('none', 'x'), isFault('not-found'))
})

test('a group goes only when no connector and no application is left in it', async (t) => {
  const directory = await openInMemory(t)
  const lab = await createGroup(directory, 'Lab')
  const connector = await enrol(directory, lab.id, 'key-1')
  const application = await createApplication(directory, 'Expenses', { connectorGroupId: lab.id })
  const { secret } = await directory.createEnrolmentToken(lab.id, 60, change)
  const remove = () => directory.deleteConnectorGroup(lab.id, change)
  assert.deepEqual(codesOf(await remove()), ['group-has-connectors', 'group-has-applications'])
  await directory.deleteConnector(connector, change)
  assert.deepEqual(codesOf(await remove()), ['group-has-applications'])
  await directory.deleteApplication(application.id, change)
  assert.equal(accepted(await remove()), true)
  assert.equal(accepted(await remove()), false)
  const late = await directory.enrolConnector(secret, { ...facts, publicKey: 'key-2' })
  assert.deepEqual(late, { refused: 'unknown-token' })
})
