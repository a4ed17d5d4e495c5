import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Directory } from './directory.ts'
import { change, createPerson, isFault, openInMemory } from './fixture.ts'

async function populate(directory: Directory) {
  const person = await createPerson(directory, 'ann@contoso.net')
  const wiki = await directory.createApplication('Wiki', change)
  const robot = await directory.createApplication('Robot', change)
  const group = await directory.createGroup('Crew', change)
  const { owners } = directory
  for (const owner of [person.id, robot.servicePrincipalId]) {
    await owners.add('application', wiki.id, owner, change)
    await owners.add('group', group.id, owner, change)
  }
  return { owners, person, wiki, robot, group }
}

test('people and programs own applications and groups, each once, and what they own is told [G3]', async (t) => {
  const directory = await openInMemory(t)
  const { owners, person, wiki, robot, group } = await populate(directory)
  for (const [kind, id] of [
    ['application', wiki.id],
    ['group', group.id],
  ] as const) {
    const found = await owners.list(kind, id)
    assert.deepEqual(
      new Map(found.map((owner) => [owner.id, owner.type])),
      new Map([
        [person.id, 'User'],
        [robot.servicePrincipalId, 'ServicePrincipal'],
      ]),
    )
    const nobody = '00000000-0000-0000-0000-000000000001'
    await assert.rejects(owners.add(kind, id, person.id, change), isFault('already-exists'))
    await assert.rejects(owners.add(kind, id, nobody, change), isFault('not-found'))
    await assert.rejects(owners.add(kind, id, group.id, change), isFault('not-found'))
    await assert.rejects(owners.add(kind, nobody, person.id, change), isFault('not-found'))
    assert.equal(await owners.remove(kind, id, nobody, change), false)
  }
  const own = { applications: [wiki.id], groups: [group.id] }
  assert.deepEqual(await owners.possessionsOf(person.id), own)
  assert.ok(await owners.remove('application', wiki.id, person.id, change))
  assert.deepEqual(await owners.possessionsOf(person.id), { ...own, applications: [] })
})

test('whoever and whatever is deleted owns nothing and is owned by nobody, until that is taken back [G3] [G4]', async (t) => {
  const directory = await openInMemory(t)
  const { owners, person, wiki, robot, group } = await populate(directory)
  await directory.deletePerson(person.id, change)
  await directory.deleteApplication(robot.id, change)
  assert.deepEqual(await owners.list('application', wiki.id), [])
  assert.deepEqual(await owners.list('group', group.id), [])
  const options = { dryRun: false, force: false, allow: () => {} }
  const [deletedRobot, deletedPerson] = await directory.revisions.list(2)
  for (const revision of [deletedRobot, deletedPerson]) {
    await directory.revisions.rollBack(revision?.id ?? 0, change, options)
  }
  assert.equal((await owners.list('application', wiki.id)).length, 2)
  assert.equal((await owners.list('group', group.id)).length, 2)
  await directory.deleteApplication(wiki.id, change)
  await directory.deleteGroup(group.id, change)
  assert.deepEqual(await owners.possessionsOf(person.id), { applications: [], groups: [] })
})

test('no more than a hundred own the same [G3]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await directory.createApplication('Wiki', change)
  for (let at = 0; at <= 100; at++) {
    const { servicePrincipalId } = await directory.createApplication(`Robot ${at}`, change)
    const added = directory.owners.add('application', id, servicePrincipalId, change)
    await (at < 100 ? added : assert.rejects(added, isFault('invalid')))
  }
})
