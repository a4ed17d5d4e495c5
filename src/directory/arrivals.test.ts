import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arrival } from '../identity/relying-party/arrival.ts'
import type { Directory } from './directory.ts'
import {
  accepted,
  change,
  createApplication,
  createPerson,
  isFault,
  openInMemory,
  signIn,
} from './fixture.ts'

const ann: Arrival = {
  providerId: 'idp',
  providerName: 'IdP',
  issuer: 'https://idp.test',
  subject: 's1',
  userPrincipalNames: ['ann@contoso.net', 'ann_contoso.net#EXT#@idp.test', 'digest@idp.test'],
  displayName: 'Ann',
  mail: 'ann@contoso.net',
  link: undefined,
  admitsNewPeople: true,
  ruledGroupIds: [],
  groupIds: [],
  groupsWithheld: false,
}

async function admitted(directory: Directory, changes: Partial<Arrival> = {}) {
  const person = await directory.arrivals.admit({ ...ann, ...changes })
  assert.ok(person)
  return person
}

test('somebody new appears, and is the same person ever after, whatever they are called [S11]', async (t) => {
  const directory = await openInMemory(t)
  const first = await admitted(directory)
  assert.equal(first.userPrincipalName, 'ann@contoso.net')
  assert.deepEqual(await directory.people.byId(first.id), first)
  const { version } = await directory.state()
  assert.deepEqual(await admitted(directory), first)
  assert.equal(
    (await directory.state()).version,
    version,
    'nothing changed, so nothing was written',
  )
  const names = {
    userPrincipalNames: ['lee@contoso.net', 'digest@idp.test'],
    displayName: 'Ann Lee',
  }
  const renamed = await admitted(directory, names)
  assert.deepEqual(renamed, {
    ...first,
    userPrincipalName: 'lee@contoso.net',
    displayName: 'Ann Lee',
  })
  const [entry] = await directory.audit(1)
  assert.deepEqual([entry?.author, entry?.action], ['IdP', 'person.arrive'])
})

test('the same subject of another issuer is somebody else, and so is another subject [S11]', async (t) => {
  const directory = await openInMemory(t)
  const ids = [
    (await admitted(directory)).id,
    (await admitted(directory, { issuer: 'https://other.test' })).id,
    (await admitted(directory, { subject: 'S1', issuer: 'https://third.test' })).id,
  ]
  assert.equal(new Set(ids).size, 3)
})

test('nobody gets the name of somebody who is there, nor their rights [S11]', async (t) => {
  const directory = await openInMemory(t)
  const local = await createPerson(directory, 'Ann@Contoso.net')
  const guest = await admitted(directory)
  assert.notEqual(guest.id, local.id)
  assert.equal(guest.userPrincipalName, 'ann_contoso.net#EXT#@idp.test')
  const second = await admitted(directory, { subject: 's2' })
  assert.equal(second.userPrincipalName, 'digest@idp.test')
  await assert.rejects(admitted(directory, { subject: 's3' }), isFault('conflict'))
})

test('two who arrive at once are entered once [S7]', async (t) => {
  const directory = await openInMemory(t)
  const people = await Promise.all(Array.from({ length: 5 }, () => admitted(directory)))
  assert.equal(new Set(people.map(({ id }) => id)).size, 1)
  assert.equal((await directory.listPeople()).length, 1)
})

test('where only those get in who are known, nobody appears [S11]', async (t) => {
  const directory = await openInMemory(t)
  const stranger = { ...ann, admitsNewPeople: false }
  assert.equal(await directory.arrivals.admit(stranger), undefined)
  assert.deepEqual(await directory.listPeople(), [])
  const known = await admitted(directory)
  assert.deepEqual(await directory.arrivals.admit(stranger), known)
})

test('somebody the administrator entered is linked when allowed, and keeps their names [S11]', async (t) => {
  const directory = await openInMemory(t)
  const local = await createPerson(directory, 'Ann@Contoso.net')
  const link = { by: 'userPrincipalName', value: 'ann@contoso.NET' } as const
  assert.deepEqual(await admitted(directory, { link, displayName: 'Somebody' }), local)
  assert.deepEqual(await admitted(directory, { displayName: 'Somebody' }), local, 'from now on')
})

test('by an address two share nobody is linked, nor is somebody whom a provider brought along [S11]', async (t) => {
  const directory = await openInMemory(t)
  const mail = 'shared@contoso.net'
  const link = { by: 'mail', value: 'SHARED@contoso.net' } as const
  for (const name of ['a@contoso.net', 'b@contoso.net']) {
    const { id } = await createPerson(directory, name)
    accepted(await directory.updatePerson(id, change, (now) => ({ value: { ...now, mail } })))
  }
  const first = await admitted(directory, { link, subject: 'x', mail })
  assert.equal((await directory.listPeople()).length, 3)
  // Waiting there under a foreign address does not help: its owner is not taken for whoever came first.
  for (const { id } of (await directory.listPeople()).filter(({ id }) => id !== first.id)) {
    await directory.deletePerson(id, change)
  }
  const names = ['owner@contoso.net']
  const owner = await admitted(directory, { link, subject: 'y', mail, userPrincipalNames: names })
  assert.notEqual(owner.id, first.id)
})

test('groups follow the provider, those that the administrator gave stay [S8]', async (t) => {
  const directory = await openInMemory(t)
  const [staff, admins, own] = await Promise.all(
    ['staff', 'admins', 'own'].map((name) => directory.createGroup(name, change)),
  )
  assert.ok(staff && admins && own)
  const ruledGroupIds = [staff.id, admins.id, own.id]
  const person = await admitted(directory, { ruledGroupIds, groupIds: [staff.id] })
  await directory.addGroupMember(own.id, person.id, change)
  const groupsOf = async () => {
    const found: string[] = []
    for (const group of [staff, admins, own]) {
      const members = await directory.groupMembers(group.id)
      if (members.some(({ id }) => id === person.id)) found.push(group.displayName)
    }
    return found
  }
  assert.deepEqual(await groupsOf(), ['staff', 'own'])
  await admitted(directory, { ruledGroupIds, groupIds: [admins.id, own.id] })
  assert.deepEqual(await groupsOf(), ['admins', 'own'])
  await directory.addGroupMember(admins.id, person.id, change)
  await assert.rejects(
    directory.addGroupMember(admins.id, person.id, change),
    isFault('already-exists'),
  )
  await admitted(directory, { ruledGroupIds, groupIds: [] })
  assert.deepEqual(await groupsOf(), ['admins', 'own'], 'what the administrator gave, too, stays')
})

test('whoever loses a group at a sign-in loses the sessions that came from it [S8] [S9]', async (t) => {
  const directory = await openInMemory(t)
  const staff = await directory.createGroup('staff', change)
  const application = await createApplication(directory, 'Expenses', { assignmentRequired: true })
  const role = { principalType: 'Group', appRoleId: 'r', principalId: staff.id } as const
  accepted(await directory.assign({ ...role, applicationId: application.id }, change))
  const rule = { ruledGroupIds: [staff.id] }
  const person = await admitted(directory, { ...rule, groupIds: [staff.id] })
  assert.ok((await directory.state()).access.assigned.get(application.id)?.has(person.id))
  await signIn(directory, 's', { personId: person.id, applicationId: application.id })
  await admitted(directory, { ...rule, groupIds: [] })
  assert.equal(await directory.sessions.find('s'), undefined)
})

test('somebody disabled stays so, and is put into no group [S9]', async (t) => {
  const directory = await openInMemory(t)
  const staff = await directory.createGroup('staff', change)
  const { id } = await admitted(directory)
  const disable = (now: { enabled: boolean }) => ({ ...now, enabled: false })
  accepted(
    await directory.updatePerson(id, change, (now) => ({ value: { ...now, ...disable(now) } })),
  )
  const again = await admitted(directory, { groupIds: [staff.id], displayName: 'New' })
  assert.deepEqual([again.enabled, again.displayName], [false, 'New'])
  assert.deepEqual(await directory.groupMembers(staff.id), [])
})

test('whom a provider signs out loses the sessions that came from it, and no other [S9]', async (t) => {
  const directory = await openInMemory(t)
  const { id: personId } = await admitted(directory)
  await signIn(directory, 'from it', { personId, providerId: 'idp' })
  await signIn(directory, 'from another', { personId, providerId: 'embedded' })
  await signIn(directory, 'of another', { personId: 'bob', providerId: 'idp' })
  const { issuer, subject } = ann
  const revoke = (changes: object) =>
    directory.sessions.revoke({ providerId: 'idp', issuer, subject, ...changes })
  assert.deepEqual(await revoke({ issuer: 'https://other.test' }), [])
  assert.deepEqual(await revoke({ subject: 'somebody' }), [])
  assert.deepEqual(await revoke({}), ['from it'])
})
