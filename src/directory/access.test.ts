import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorize } from '../policy/access.ts'
import type { Directory } from './directory.ts'
import {
  accepted,
  change,
  codesOf,
  createApplication,
  createPerson,
  isFault,
  openInMemory,
  signIn,
} from './fixture.ts'

const appRoleId = '18d14569-c3bd-439b-9a66-3a2aee01d14f'

async function assign(directory: Directory, applicationId: string, principalId: string) {
  const isPerson = await directory.people.byId(principalId)
  const principalType = isPerson ? 'User' : 'Group'
  return accepted(
    await directory.assign({ applicationId, principalId, principalType, appRoleId }, change),
  )
}

async function mayEnter(directory: Directory, applicationId: string, personId: string) {
  const { access } = await directory.state()
  return authorize(access, applicationId, personId).allowed
}

test('an assignment of a person lets that person in, and only there [S8]', async (t) => {
  const directory = await openInMemory(t)
  const application = await createApplication(directory, 'Expenses')
  const other = await createApplication(directory, 'Travel')
  const ann = await createPerson(directory, 'ann@contoso.net')
  const bob = await createPerson(directory, 'bob@contoso.net')
  const assignment = await assign(directory, application.id, ann.id)
  assert.deepEqual(await directory.assignments(application.id), [assignment])
  assert.ok(await mayEnter(directory, application.id, ann.id))
  assert.ok(!(await mayEnter(directory, application.id, bob.id)))
  assert.ok(!(await mayEnter(directory, other.id, ann.id)))
})

test('an assignment of a group lets its members in while they are members [S8]', async (t) => {
  const directory = await openInMemory(t)
  const application = await createApplication(directory, 'Expenses')
  const ann = await createPerson(directory, 'ann@contoso.net')
  const group = await directory.createGroup('Finance', change)
  await assign(directory, application.id, group.id)
  assert.ok(!(await mayEnter(directory, application.id, ann.id)))
  await directory.addGroupMember(group.id, ann.id, change)
  assert.ok(await mayEnter(directory, application.id, ann.id))
  assert.deepEqual(await directory.groupMembers(group.id), [ann])
  assert.equal(await directory.removeGroupMember(group.id, ann.id, change), true)
  assert.ok(!(await mayEnter(directory, application.id, ann.id)))
  assert.equal(await directory.removeGroupMember(group.id, ann.id, change), false)
})

test('an application that asks for no assignment is open to all [S8]', async (t) => {
  const directory = await openInMemory(t)
  const application = await createApplication(directory, 'News', { assignmentRequired: false })
  assert.ok(await mayEnter(directory, application.id, 'anybody'))
})

test('a disabled person is out of every application at the next version [S9]', async (t) => {
  const directory = await openInMemory(t)
  const application = await createApplication(directory, 'Expenses')
  const ann = await createPerson(directory, 'ann@contoso.net')
  await assign(directory, application.id, ann.id)
  const { version } = await directory.state()
  const setEnabled = (enabled: boolean) =>
    directory.updatePerson(ann.id, change, (value) => ({ value: { ...value, enabled } }))
  await setEnabled(false)
  assert.equal((await directory.state()).version, version + 1)
  assert.ok(!(await mayEnter(directory, application.id, ann.id)))
  await setEnabled(true)
  assert.ok(await mayEnter(directory, application.id, ann.id))
})

/** Ways to lose the right to enter; the person is assigned directly or by the group, as `by` says. */
const losses = [
  [
    'the assignment is removed',
    'person',
    (d: Directory, ids: Ids) => d.removeAssignment(ids.assignment, change),
  ],
  [
    'the assignment of the group is removed',
    'group',
    (d: Directory, ids: Ids) => d.removeAssignment(ids.assignment, change),
  ],
  [
    'the person leaves the group',
    'group',
    (d: Directory, ids: Ids) => d.removeGroupMember(ids.group, ids.person, change),
  ],
  ['the group is deleted', 'group', (d: Directory, ids: Ids) => d.deleteGroup(ids.group, change)],
  [
    'the person is deleted',
    'person',
    (d: Directory, ids: Ids) => d.deletePerson(ids.person, change),
  ],
  [
    'the application is deleted',
    'person',
    (d: Directory, ids: Ids) => d.deleteApplication(ids.application, change),
  ],
] as const

interface Ids {
  readonly application: string
  readonly person: string
  readonly group: string
  readonly assignment: string
}

for (const [what, by, lose] of losses) {
  test(`when ${what}, the right and the session are gone, and nobody else's [S9]`, async (t) => {
    const directory = await openInMemory(t)
    const application = (await createApplication(directory, 'Expenses')).id
    const person = (await createPerson(directory, 'ann@contoso.net')).id
    const colleague = (await createPerson(directory, 'bob@contoso.net')).id
    const group = (await directory.createGroup('Finance', change)).id
    await directory.addGroupMember(group, person, change)
    const principal = by === 'person' ? person : group
    const assignment = (await assign(directory, application, principal)).id
    const elsewhere = (await createApplication(directory, 'Travel')).id
    await assign(directory, elsewhere, colleague)
    await signIn(directory, 'lost', { personId: person, applicationId: application })
    await signIn(directory, 'kept', { personId: colleague, applicationId: elsewhere })
    await signIn(directory, 'portal', { personId: colleague, applicationId: 'portal' })
    const told: string[] = []
    directory.sessions.onEnded((ids) => told.push(...ids))
    await lose(directory, { application, person, group, assignment })
    assert.deepEqual(told, ['lost'])
    assert.ok(!(await mayEnter(directory, application, person)))
    assert.equal(await directory.sessions.find('lost'), undefined)
    assert.ok(await directory.sessions.find('kept'))
    assert.ok(await directory.sessions.find('portal'))
    // Who leaves a group takes nothing from the group.
    const left = what === 'the person leaves the group' ? 1 : 0
    assert.equal((await directory.assignments(application)).length, left)
  })
}

test('who is assigned twice keeps the session when one right is left [S9]', async (t) => {
  const directory = await openInMemory(t)
  const application = await createApplication(directory, 'Expenses')
  const ann = await createPerson(directory, 'ann@contoso.net')
  const group = await directory.createGroup('Finance', change)
  await directory.addGroupMember(group.id, ann.id, change)
  await assign(directory, application.id, group.id)
  const own = await assign(directory, application.id, ann.id)
  await signIn(directory, 's1', { personId: ann.id, applicationId: application.id })
  await directory.removeAssignment(own.id, change)
  assert.ok(await directory.sessions.find('s1'))
  await directory.removeGroupMember(group.id, ann.id, change)
  assert.equal(await directory.sessions.find('s1'), undefined)
})

test('an application that begins to ask for assignments ends the sessions of strangers [S9]', async (t) => {
  const directory = await openInMemory(t)
  const application = await createApplication(directory, 'News', { assignmentRequired: false })
  const ann = await createPerson(directory, 'ann@contoso.net')
  await assign(directory, application.id, ann.id)
  await signIn(directory, 'ann', { personId: ann.id, applicationId: application.id })
  await signIn(directory, 'bob', { personId: 'bob', applicationId: application.id })
  await directory.updateApplication(application.id, change, (value) => ({
    value: { ...value, assignmentRequired: true },
  }))
  assert.ok(await directory.sessions.find('ann'))
  assert.equal(await directory.sessions.find('bob'), undefined)
})

test('an assignment names what exists, once [S8] [G4]', async (t) => {
  const directory = await openInMemory(t)
  const wanted = {
    applicationId: 'none',
    principalId: 'none',
    principalType: 'User',
    appRoleId,
  } as const
  const nothing = await directory.assign(wanted, change)
  assert.deepEqual(codesOf(nothing), ['unknown-application', 'unknown-principal'])
  const application = await createApplication(directory, 'Expenses')
  const ann = await createPerson(directory, 'ann@contoso.net')
  const asGroup = {
    applicationId: application.id,
    principalId: ann.id,
    principalType: 'Group',
    appRoleId,
  } as const
  assert.deepEqual(codesOf(await directory.assign(asGroup, change)), ['unknown-principal'])
  await assign(directory, application.id, ann.id)
  const again = await directory.assign({ ...asGroup, principalType: 'User' }, change)
  assert.deepEqual(codesOf(again), ['already-exists'])
  assert.equal(await directory.removeAssignment('none', change), false)
})

test('a member joins an existing group once', async (t) => {
  const directory = await openInMemory(t)
  const group = await directory.createGroup('Finance', change)
  const ann = await createPerson(directory, 'ann@contoso.net')
  assert.deepEqual(await directory.groups(), [group])
  await assert.rejects(directory.addGroupMember('none', ann.id, change), isFault('not-found'))
  await assert.rejects(directory.addGroupMember(group.id, 'none', change), isFault('not-found'))
  await directory.addGroupMember(group.id, ann.id, change)
  await assert.rejects(
    directory.addGroupMember(group.id, ann.id, change),
    isFault('already-exists'),
  )
  assert.equal(await directory.deleteGroup(group.id, change), true)
  assert.equal(await directory.deleteGroup(group.id, change), false)
  assert.deepEqual(await directory.groupMembers(group.id), [])
})
