import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { failed } from '../base/check.ts'
import { userRoleId } from '../publishing/registration.ts'
import type { Change } from './change.ts'
import type { Directory } from './directory.ts'
import {
  accepted,
  change,
  createApplication,
  createPerson,
  isFault,
  openInMemory,
  publishingOf,
  settings,
  signIn,
  temporaryFile,
} from './fixture.ts'
import { journaledTables } from './journaled-tables.ts'
import { openDirectory } from './open.ts'
import type { RollBackOptions } from './revision.ts'

const kept: RollBackOptions = { dryRun: false, force: false, allow: () => {} }

/** Makes a change and tells which revision it made. */
async function revisionOf(make: (noted: Change) => Promise<unknown>): Promise<number> {
  let made = 0
  await make({ ...change, made: (revision) => (made = revision) })
  assert.ok(made > 0, 'nothing was changed')
  return made
}

async function rollBack(directory: Directory, id: number, options = kept) {
  const result = await directory.revisions.rollBack(id, change, options)
  assert.ok(result && 'changes' in result, JSON.stringify(result))
  return result
}

/** An application with everything that hangs on it. */
async function createWhole(directory: Directory) {
  const ann = await createPerson(directory, 'ann@contoso.net')
  const staff = await directory.createGroup('Staff', change)
  const client = await createApplication(directory, 'Robot')
  const application = await createApplication(directory, 'Wiki', {
    publishing: publishingOf('contoso.net', ['web', 'api']),
  })
  const to = { applicationId: application.id, appRoleId: userRoleId }
  for (const [principalId, principalType] of [
    [ann.id, 'User'],
    [staff.id, 'Group'],
    [client.servicePrincipalId, 'ServicePrincipal'],
  ] as const) {
    accepted(await directory.assign({ ...to, principalId, principalType }, change))
  }
  accepted(await directory.grantApiPermission(application.servicePrincipalId, userRoleId, change))
  const definition = [
    '{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"00:30:00"}}',
  ] as const
  const lifetime = accepted(
    await directory.createTokenLifetimePolicy(
      { displayName: 'Short', definition, isOrganizationDefault: false },
      change,
    ),
  )
  await directory.assignTokenLifetimePolicy(application.id, lifetime.id, change)
  return { application, ann, staff }
}

async function contentOf(directory: Directory, id: string) {
  const application = await directory.application(id)
  return {
    application,
    assignments: await directory.assignments(id),
    permissions: await directory.apiPermissions(application?.servicePrincipalId ?? ''),
    lifetime: await directory.tokenLifetimePolicyOf(id),
  }
}

test('a deleted application comes back with its ids, segments, assignments, permissions and policy, and goes again [G4]', async (t) => {
  const directory = await openInMemory(t)
  const { application } = await createWhole(directory)
  const before = await contentOf(directory, application.id)
  const deleted = await revisionOf((noted) => directory.deleteApplication(application.id, noted))
  assert.equal(await directory.application(application.id), undefined)

  const back = await rollBack(directory, deleted)
  assert.deepEqual(await contentOf(directory, application.id), before)
  assert.equal(back.changes.length, 6)
  const access = (await directory.state()).access.assigned.get(application.id)
  assert.equal(access?.size, 2)

  const [newest] = await directory.revisions.list(1)
  assert.equal(newest?.id, back.revision)
  assert.equal(newest?.rollbackOf, deleted)
  assert.equal(newest?.author, change.author)
  assert.ok(back.revision)
  await rollBack(directory, back.revision)
  assert.equal(await directory.application(application.id), undefined)
})

test('a revision tells who, why, when and what, with names for people [G4]', async (t) => {
  const directory = await openInMemory(t)
  const { ann, staff } = await createWhole(directory)
  const id = await revisionOf((noted) => directory.addGroupMember(staff.id, ann.id, noted))
  const [newest] = await directory.revisions.list(1)
  assert.ok(newest)
  assert.deepEqual(
    { ...newest, at: typeof newest.at },
    {
      ...{ id, at: 'number', author: change.author, reason: change.reason },
      ...{ action: 'group.add-member', rollbackOf: undefined, changeCount: 1 },
      tables: ['membership'],
      changes: [
        {
          ...{ table: 'membership', id: `${staff.id}/${ann.id}`, change: 'created' },
          ...{ name: 'ann@contoso.net → Staff', isKept: true },
        },
      ],
    },
  )
  const full = await directory.revisions.revision(id)
  assert.equal(full?.changes[0]?.after?.['person_id'], ann.id)
  assert.equal(await directory.revisions.revision(id + 1), undefined)
  assert.deepEqual(await directory.revisions.list(1, 1), [])
})

test('a later change of another part stays; one of the same part is in the way, unless forced [G4]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createApplication(directory, 'Wiki')
  const rename = (displayName: string) =>
    revisionOf((noted) =>
      directory.updateApplication(id, noted, (now) => ({ value: { ...now, displayName } })),
    )
  const renamed = await rename('Handbook')
  await directory.updateApplication(id, change, (now) => ({ value: { ...now, tags: ['new'] } }))
  await rollBack(directory, renamed)
  const merged = await directory.application(id)
  assert.deepEqual([merged?.displayName, merged?.tags], ['Wiki', ['new']])

  const second = await rename('Second')
  const third = await rename('Third')
  const refused = await directory.revisions.rollBack(second, change, kept)
  assert.ok(refused && 'obstacles' in refused)
  assert.deepEqual(
    refused.obstacles.map(({ code, id: at, revision }) => [code, at, revision]),
    [['changed-since', id, third]],
  )
  assert.match(refused.obstacles[0]?.message ?? '', /display_name/)
  assert.equal((await directory.application(id))?.displayName, 'Third')
  await rollBack(directory, second, { ...kept, force: true })
  assert.equal((await directory.application(id))?.displayName, 'Wiki')
})

test('a dry run says what would happen and changes nothing [G4]', async (t) => {
  const directory = await openInMemory(t)
  const id = await revisionOf((noted) => directory.createGroup('Staff', noted))
  const { version } = await directory.state()
  const result = await rollBack(directory, id, { ...kept, dryRun: true })
  assert.deepEqual(
    result.changes.map(({ change: what, name }) => [what, name]),
    [['deleted', 'Staff']],
  )
  assert.equal(result.revision, undefined)
  assert.equal((await directory.state()).version, version)
  assert.equal((await directory.groups()).length, 1)
})

test('what came later and belongs to it is in the way of taking back its creation [G4]', async (t) => {
  const directory = await openInMemory(t)
  const ann = await createPerson(directory, 'ann@contoso.net')
  let group = ''
  const made = await revisionOf(async (noted) => {
    group = (await directory.createGroup('Staff', noted)).id
  })
  const joined = await revisionOf((noted) => directory.addGroupMember(group, ann.id, noted))
  const refused = await directory.revisions.rollBack(made, change, kept)
  assert.ok(refused && 'obstacles' in refused)
  assert.deepEqual(
    refused.obstacles.map(({ code, revision }) => [code, revision]),
    [['in-use', joined]],
  )
  const forced = await rollBack(directory, made, { ...kept, force: true })
  assert.equal(forced.changes.length, 2)
  assert.deepEqual(await directory.groups(), [])
})

test('what would not be valid now is refused whole, forced or not [G4]', async (t) => {
  const directory = await openInMemory(t)
  const publishing = publishingOf('contoso.net')
  const { id } = await createApplication(directory, 'First', { publishing })
  const deleted = await revisionOf((noted) => directory.deleteApplication(id, noted))
  await createApplication(directory, 'Second', { publishing })
  const result = await directory.revisions.rollBack(deleted, change, { ...kept, force: true })
  assert.ok(result && 'issues' in result)
  assert.deepEqual(
    result.issues.map(({ path, code }) => [path, code]),
    [[`application/${id}/externalUrl`, 'duplicate-external-url']],
  )
  assert.equal(await directory.application(id), undefined)
})

test('a name that somebody else has by now is a wall [G4]', async (t) => {
  const directory = await openInMemory(t)
  const ann = await createPerson(directory, 'ann@contoso.net')
  const deleted = await revisionOf((noted) => directory.deletePerson(ann.id, noted))
  await createPerson(directory, 'Ann@contoso.net')
  const result = await directory.revisions.rollBack(deleted, change, { ...kept, force: true })
  assert.ok(result && 'obstacles' in result)
  assert.equal(result.obstacles[0]?.code, 'name-taken')
})

test('a person comes back without what only they know, and it says so; a password is never in a revision [G4]', async (t) => {
  const directory = await openInMemory(t)
  const facts = { userPrincipalName: 'ann@contoso.net', displayName: 'Ann', mail: undefined }
  const ann = accepted(
    await directory.createPerson({ ...facts, enabled: true }, 'correct horse battery', change),
  )
  const hash = await directory.people.passwordOf(ann.id)
  assert.ok(hash)
  const set = await revisionOf((noted) =>
    directory.setPassword(ann.id, 'another horse battery', noted),
  )
  const deleted = await revisionOf((noted) => directory.deletePerson(ann.id, noted))
  for (const { id } of await directory.revisions.list(100)) {
    const text = JSON.stringify(await directory.revisions.revision(id))
    assert.ok(!text.includes('argon2'), text)
  }
  const [change_] = (await directory.revisions.revision(set))?.changes ?? []
  assert.equal(change_?.isKept, false)
  await assert.rejects(directory.revisions.rollBack(set, change, kept), isFault('invalid'))
  const { notices } = await rollBack(directory, deleted)
  assert.match(notices[0] ?? '', /ann@contoso\.net comes back without password/)
  assert.equal((await directory.people.byId(ann.id))?.displayName, 'Ann')
  assert.equal(await directory.people.passwordOf(ann.id), undefined)
})

test('sessions end with the right that a roll-back takes away [S9] [G4]', async (t) => {
  const directory = await openInMemory(t)
  const ann = await createPerson(directory, 'ann@contoso.net')
  const { id } = await createApplication(directory, 'Wiki')
  const assigned = await revisionOf((noted) =>
    directory.assign(
      { applicationId: id, principalId: ann.id, principalType: 'User', appRoleId: userRoleId },
      noted,
    ),
  )
  await signIn(directory, 'a-session', { personId: ann.id, applicationId: id })
  const ended: string[] = []
  directory.sessions.onEnded((ids) => ended.push(...ids))
  await rollBack(directory, assigned)
  assert.deepEqual(ended, ['a-session'])
})

test('several changes made together are one revision, and none of them when one fails [G4]', async (t) => {
  const directory = await openInMemory(t)
  const told: string[] = []
  directory.onChange(() => told.push('changed'))
  const id = await revisionOf((noted) =>
    directory.together(noted, async (inside) => {
      const { id } = await inside.createGroup('Staff', change)
      const application = await inside.createApplication('Wiki', change)
      const to = { applicationId: application.id, appRoleId: userRoleId }
      accepted(await inside.assign({ ...to, principalId: id, principalType: 'Group' }, change))
    }),
  )
  assert.deepEqual(told, ['changed'])
  const revision = await directory.revisions.revision(id)
  assert.deepEqual(
    revision?.changes.map(({ table }) => table),
    ['person_group', 'application', 'assignment'],
  )
  assert.equal((await directory.revisions.list(10)).length, 1)
  await assert.rejects(
    directory.together(change, async (inside) => {
      await inside.createGroup('Nobody', change)
      throw new Error('no')
    }),
  )
  assert.equal((await directory.groups()).length, 1)
  await rollBack(directory, id)
  assert.deepEqual([await directory.groups(), await directory.applications()], [[], []])
})

test('changes made together inside of others are part of their revision, told as well [G4]', async (t) => {
  const directory = await openInMemory(t)
  const id = await revisionOf((noted) =>
    directory.together(noted, async (outside) => {
      await outside.createGroup('Staff', change)
      await outside.together(change, (inside) => inside.createGroup('Crew', change))
    }),
  )
  assert.equal((await directory.revisions.list(10)).length, 1)
  assert.equal((await directory.revisions.revision(id))?.changes.length, 2)
  assert.equal((await directory.audit(10)).length, 2)
})

test('another process sees the revisions, and may take them back [N2] [G4]', async (t) => {
  const file = temporaryFile(t)
  await using one = await openDirectory({ file, ...settings })
  await using other = await openDirectory({ file, ...settings })
  const id = await revisionOf((noted) => one.createGroup('Staff', noted))
  await rollBack(other, id)
  assert.deepEqual(await one.groups(), [])
})

test('a database of before there were revisions lists its changes, and says that they cannot be taken back [G4]', async (t) => {
  const file = temporaryFile(t)
  {
    await using directory = await openDirectory({ file, ...settings })
    await directory.createGroup('Staff', change)
  }
  {
    using database = new DatabaseSync(file)
    for (const { name } of database
      .prepare("select name from sqlite_master where type = 'trigger'")
      .all()) {
      database.exec(`drop trigger ${name}`)
    }
    database.exec('drop table journal; drop table activity; drop index audit_revision')
    database.exec('drop table application_owner; drop table group_owner')
    database.exec('drop index person_group_unique_name')
    for (const name of ['unique_name', 'unique_name_key']) {
      database.exec(`alter table person_group drop column ${name}`)
    }
    database.exec('alter table audit drop column revision')
    database.exec('alter table audit drop column rollback_of')
    database.exec('alter table connector drop column last_seen_at')
    database.exec('alter table enrolment_token drop column connector_id')
    database.exec("delete from kysely_migration where name >= '0019'")
  }
  await using directory = await openDirectory({ file, ...settings })
  const [old] = await directory.revisions.list(10)
  assert.deepEqual(
    old?.changes.map(({ table, name, change: what, isKept }) => [table, name, what, isKept]),
    [['person_group', 'Staff', 'created', false]],
  )
  assert.ok(old)
  await assert.rejects(directory.revisions.rollBack(old.id, change, kept), isFault('invalid'))
  const fresh = await revisionOf((noted) => directory.createGroup('Others', noted))
  await rollBack(directory, fresh)
  assert.equal((await directory.groups()).length, 1)
})

test('what the audit trail forgets, the journal forgets, too [G4]', async (t) => {
  let now = 1_000_000
  const directory = await openInMemory(t, () => now)
  await directory.createGroup('Old', change)
  now += 10_000
  const id = await revisionOf((noted) => directory.createGroup('New', noted))
  await directory.removeAudits(now - 5_000)
  assert.deepEqual(
    (await directory.revisions.list(10)).map((revision) => revision.id),
    [id],
  )
  assert.equal((await directory.revisions.revision(id))?.changes.length, 1)
})

test('every column of a table of configuration is kept, or left out on purpose', async (t) => {
  const file = temporaryFile(t)
  await (await openDirectory({ file, ...settings }))[Symbol.asyncDispose]()
  using database = new DatabaseSync(file)
  for (const { name, columns, carried, unseen } of journaledTables) {
    const present = database.prepare(`select name from pragma_table_info('${name}')`).all()
    const known = [...columns, ...carried, ...unseen]
    assert.deepEqual(present.map((column) => column['name']).sort(), known.sort(), name)
  }
})

test('an edit that is refused makes no revision [G4]', async (t: TestContext) => {
  const directory = await openInMemory(t)
  const { id } = await createApplication(directory, 'Wiki')
  const count = (await directory.revisions.list(100)).length
  const refused = await directory.updateApplication(id, change, () => ({ issues: [] }))
  assert.ok(failed(refused))
  assert.equal((await directory.revisions.list(100)).length, count)
})
