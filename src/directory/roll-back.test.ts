import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { userRoleId } from '../publishing/registration.ts'
import type { Directory } from './directory.ts'
import { change, publishingOf, settings, temporaryFile } from './fixture.ts'
import { journaledTables } from './journaled-tables.ts'
import { openDirectory } from './open.ts'

/** All configuration, byte for byte. */
function dump(database: DatabaseSync): string {
  return journaledTables
    .map(({ name, columns, carried, key }) => {
      const all = `select ${[...columns, ...carried].join(', ')} from ${name} order by ${key.join(', ')}`
      return `${name}\n${JSON.stringify(database.prepare(all).all())}`
    })
    .join('\n')
}

const names = ['Ann', 'Bob', 'Cid'] as const
/** One of what there is, or undefined. */
const pick = <Item>(items: readonly Item[], n: number): Item | undefined => items[n % items.length]

type Act = (directory: Directory, one: number, other: number) => Promise<unknown>

const acts: readonly Act[] = [
  async (directory, one) => {
    const displayName = pick(names, one) ?? ''
    const facts = { userPrincipalName: `${displayName}@contoso.net`, displayName }
    return directory.createPerson({ ...facts, mail: undefined, enabled: true }, undefined, change)
  },
  async (directory, one) => {
    const person = pick(await directory.listPeople(), one)
    return person && directory.deletePerson(person.id, change)
  },
  async (directory, one, other) => {
    const person = pick(await directory.listPeople(), one)
    const edit = { enabled: other % 2 === 0, displayName: `Name ${other}` }
    return (
      person && directory.updatePerson(person.id, change, (now) => ({ value: { ...now, ...edit } }))
    )
  },
  (directory, one) => directory.createGroup(`Group ${one}`, change),
  async (directory, one) => {
    const group = pick(await directory.groups(), one)
    return group && directory.deleteGroup(group.id, change)
  },
  async (directory, one, other) => {
    const group = pick(await directory.groups(), one)
    const members = [...(await directory.listPeople()), ...(await directory.groups())]
    const member = pick(members, other)
    return group && member && directory.addGroupMember(group.id, member.id, change)
  },
  (directory, one) => directory.createApplication(`Application ${one}`, change),
  async (directory, one) => {
    const application = pick(await directory.applications(), one)
    return application && directory.deleteApplication(application.id, change)
  },
  async (directory, one, other) => {
    const application = pick(await directory.applications(), one)
    const segments = ['web', 'api', 'files'].slice(0, other % 4)
    const publishing = publishingOf(`contoso${other % 2}.net`, segments)
    return (
      application &&
      directory.updateApplication(application.id, change, (now) => ({
        value: { ...now, publishing, assignmentRequired: other % 3 > 0 },
      }))
    )
  },
  async (directory, one, other) => {
    const application = pick(await directory.applications(), one)
    const principals = [
      ...(await directory.listPeople()).map(({ id }) => ({ id, type: 'User' as const })),
      ...(await directory.groups()).map(({ id }) => ({ id, type: 'Group' as const })),
    ]
    const principal = pick(principals, other)
    if (!application || !principal) return undefined
    const to = { applicationId: application.id, appRoleId: userRoleId }
    const { id: principalId, type: principalType } = principal
    return directory.assign({ ...to, principalId, principalType }, change)
  },
  async (directory, one, other) => {
    const applications = await directory.applications()
    const own = pick(applications, one)
    const group = pick(await directory.groups(), one)
    const people = (await directory.listPeople()).map(({ id }) => id)
    const programs = applications.map(({ servicePrincipalId }) => servicePrincipalId)
    const owner = pick([...people, ...programs], other)
    if (!owner) return undefined
    return other % 2 === 0
      ? own && directory.owners.add('application', own.id, owner, change)
      : group && directory.owners.add('group', group.id, owner, change)
  },
  (directory, one) =>
    directory.createConnectorGroup({ name: `Group ${one % 3}`, region: undefined }, change),
  async (directory, one) => {
    const group = pick(await directory.connectorGroups(), one)
    return group && directory.deleteConnectorGroup(group.id, change)
  },
  async (directory, one, other) => {
    const application = pick(await directory.applications(), one)
    const group = pick(await directory.connectorGroups(), other)
    return (
      application &&
      directory.updateApplication(application.id, change, (now) => ({
        value: { ...now, connectorGroupId: group?.isDefault ? undefined : group?.id },
      }))
    )
  },
  (directory, one) =>
    directory.createNamedLocation(
      { displayName: `Place ${one}`, kind: 'addresses', ranges: ['10.0.0.0/8'], trusted: true },
      change,
    ),
  (directory, one, other) => directory.together(change, (inside) => several(inside, one, other)),
]

async function several(inside: Directory, one: number, other: number): Promise<void> {
  for (let n = 0; n < 4; n++) await attempt(inside, acts[(one + n) % (acts.length - 1)], one, other)
}

/** Some acts are refused, such as a second membership; that is no change. */
async function attempt(
  directory: Directory,
  act: Act | undefined,
  one: number,
  other: number,
): Promise<void> {
  try {
    await act?.(directory, one, other)
  } catch (thrown) {
    assert.match(String(thrown), /Fault/)
  }
}

const steps = fc.array(
  fc.record({ act: fc.nat(acts.length - 1), one: fc.nat(20), other: fc.nat(20) }),
  { minLength: 5, maxLength: 25 },
)
const options = { dryRun: false, force: false, allow: () => {} }

test('whatever was changed, rolled back in reverse order it is the first configuration again, byte for byte; and rolled back once more the last one [G4]', async (t) => {
  const file = temporaryFile(t)
  await using directory = await openDirectory({ file, ...settings })
  using database = new DatabaseSync(file)
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const { version } = await directory.state()
      const first = dump(database)
      for (const { act, one, other } of taken) await attempt(directory, acts[act], one, other)
      const last = dump(database)
      const all = await directory.revisions.list(100)
      const made = all.map(({ id }) => id).filter((id) => id > version)
      const backs: number[] = []
      for (const id of made) {
        const result = await directory.revisions.rollBack(id, change, options)
        assert.ok(result && 'changes' in result, JSON.stringify(result))
        if (result.revision !== undefined) backs.push(result.revision)
      }
      assert.equal(dump(database), first)
      for (const id of backs.reverse()) {
        const result = await directory.revisions.rollBack(id, change, options)
        assert.ok(result && 'changes' in result, JSON.stringify(result))
      }
      assert.equal(dump(database), last)
    }),
    { numRuns: process.env['SALLYPORT_SOAK'] === '1' ? 300 : 8 },
  )
})
