import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { authorize } from '../policy/access.ts'
import { compileRoutes, resolve } from '../publishing/route-table.ts'
import { change, isFault, settings, temporaryFile } from './fixture.ts'
import { createTables } from './migrations/0001-tables.ts'
import { openDirectory } from './open.ts'
import { openSqlite } from './sqlite.ts'

// What the first version wrote, character for character: it knew nothing of much that an application has now.
const document = `{"identifierUris":[],"redirectUris":[],"homePageUrl":null,"tags":[],"publishing":{"preAuthentication":true,\
"backendTimeout":"default","translateHostHeader":true,"translateLinksInBody":false,"useAlternateUrl":false,\
"validateBackendCertificate":true,"cookie":{"httpOnly":true,"secure":true,"persistent":false},"allowSiblingSegments":false,\
"whenNoSegments":"wildcard","sessionLifetimeSeconds":null,"externalUrl":"https://*.contoso.net/",\
"internalUrl":"http://*.contoso.test/","alternateUrl":null,"segments":[{"id":"s1","externalUrl":"https://api.contoso.net/",\
"internalUrl":"http://127.0.0.1/","alternateUrl":null,"corsRules":[{"id":"r1","resource":"/",\
"allowedOrigins":["https://home.contoso.net"],"allowedHeaders":["*"],"allowedMethods":["*"],"exposedHeaders":[],\
"maxAgeSeconds":0,"allowCredentials":true}],"responseHeaders":[]}],"corsRules":[],"responseHeaders":[]}}`

const rows = `
insert into application values ('a1', 'app1', 'sp1', 'Old', 1000, 1, null, 2, '${document}');
insert into person values ('p1', 'ann@contoso.net', 'ann@contoso.net', 'Ann', null, 1, '$argon2id$kept');
insert into person_group values ('g1', 'Editors');
insert into membership values ('g1', 'p1');
insert into assignment values ('as1', 'a1', 'p1', 'User', 'role', 1000);
insert into connector select 'c1', id, 'vm', '127.0.0.1', '0.1.0', 'key', 1000 from connector_group;
insert into session values ('s1', 'p1', 'ann@contoso.net', 'Ann', 'a1', null, 'token', 1000, 9000000000000);
insert into audit values (2, 1000, 'ann@contoso.net', '', 'application.create', 'a1', 'null', '${document}');
update revision set version = 2, access_version = 2;`

/** A database as the first version left it. */
async function writeFirstVersion(file: string): Promise<void> {
  await using storage = openSqlite(file)
  await storage.write(async (db) => {
    const migrations = { '0001-tables': { up: (all: Kysely<unknown>) => createTables(all) } }
    const provider = { getMigrations: async () => migrations }
    const { error } = await new Migrator({ db, provider }).migrateToLatest()
    assert.equal(error, undefined)
  })
  execute(file, rows)
}

function execute(file: string, sql: string): void {
  using database = new DatabaseSync(file)
  database.exec(sql)
}

test('what the first version kept is read, served, listed and changed by this one [G4]', async (t) => {
  const file = temporaryFile(t)
  await writeFirstVersion(file)
  await using directory = await openDirectory({ file, ...settings })
  const { applications, access } = await directory.state()
  const found = resolve(compileRoutes(applications), 'https', 'api.contoso.net', 443, '/x')
  assert.ok(found.found)
  assert.equal(applications[0]?.publishing?.segments[0]?.corsRules[0]?.mode, 'enforce')
  assert.equal(applications[0]?.publishing?.identityHeaders.enabled, false)
  assert.deepEqual(authorize(access, 'a1', 'p1'), { allowed: true })
  assert.equal((await directory.people.byId('p1'))?.displayName, 'Ann')
  assert.deepEqual(
    (await directory.connectors()).map(({ id, lastSeenAt }) => [id, lastSeenAt]),
    [['c1', undefined]],
  )
  assert.equal((await directory.audit(5)).length, 1)
  const [first] = await directory.revisions.list(5)
  assert.equal(first?.id, 2)
  await directory.updateApplication('a1', change, (value) => ({
    value: { ...value, displayName: 'New' },
  }))
  assert.equal((await directory.application('a1'))?.displayName, 'New')
})

test('an upgrade that cannot be finished leaves the database as it was, to be tried again [G4]', async (t) => {
  const file = temporaryFile(t)
  await writeFirstVersion(file)
  // In the way of a step in the middle.
  execute(file, 'create table sign_in (mine text); insert into sign_in values (1)')
  await assert.rejects(openDirectory({ file, ...settings }), isFault('storage-failed'))
  {
    using database = new DatabaseSync(file)
    const done = database.prepare('select name from kysely_migration').all()
    assert.deepEqual(done.map(Object.values), [['0001-tables']])
    assert.equal(database.prepare('select count(*) as n from sign_in').get()?.['n'], 1)
  }
  execute(file, 'drop table sign_in')
  await using directory = await openDirectory({ file, ...settings })
  assert.equal((await directory.state()).applications.length, 1)
})
