import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { CorsRefusals } from './counted-refusals.ts'
import { change, createApplication, openInMemory, settings, temporaryFile } from './fixture.ts'
import { createRefusalsByPlace } from './migrations/0020-refusals-by-place.ts'
import { openDirectory } from './open.ts'
import { openSqlite } from './sqlite.ts'

function refusals(applicationId: string, changes: Partial<CorsRefusals> = {}): CorsRefusals {
  return {
    applicationId,
    segmentId: undefined,
    headers: [],
    origin: 'https://home.contoso.net',
    method: 'PUT',
    code: 'no-rule',
    ruleId: undefined,
    mode: 'enforce',
    count: 1,
    firstAt: 1,
    lastAt: 1,
    ...changes,
  }
}

test('counts add up by kind, the latest first, and change no version [D3] [C13]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createApplication(directory, 'App')
  const { version } = await directory.state()
  const dry = { mode: 'dryRun', ruleId: 'r', code: 'origin-not-allowed' } as const
  await directory.addCorsRefusals([refusals(id, { count: 2 }), refusals(id, { ...dry, lastAt: 3 })])
  await directory.addCorsRefusals([refusals(id, { count: 5, firstAt: 7, lastAt: 8 })])
  assert.deepEqual(await directory.corsRefusals(id), [
    refusals(id, { count: 7, lastAt: 8 }),
    refusals(id, { ...dry, lastAt: 3 }),
  ])
  assert.equal((await directory.state()).version, version)
})

test('counts of each segment, and of each set of headers, stand apart [D3]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createApplication(directory, 'App')
  const kinds = [
    refusals(id, { lastAt: 3 }),
    refusals(id, { segmentId: 's', lastAt: 2 }),
    refusals(id, { segmentId: 's', headers: ['content-type', 'x-a'] }),
  ]
  await directory.addCorsRefusals(kinds)
  assert.deepEqual(await directory.corsRefusals(id), kinds)
})

test('an application that is gone takes its counts along, and gets no new ones [D3]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createApplication(directory, 'App')
  await directory.addCorsRefusals([refusals(id)])
  await directory.deleteApplication(id, change)
  await directory.addCorsRefusals([refusals(id)])
  assert.deepEqual(await directory.corsRefusals(id), [])
})

test('of very many kinds the latest 500 stay, and other applications keep theirs [D3]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createApplication(directory, 'App')
  const other = await createApplication(directory, 'Other')
  await directory.addCorsRefusals([refusals(other.id)])
  const many = Array.from({ length: 600 }, (_, i) =>
    refusals(id, { origin: `https://${i}.test`, lastAt: i + 1 }),
  )
  await directory.addCorsRefusals(many)
  const kept = await directory.corsRefusals(id)
  assert.deepEqual([kept.length, kept[0]?.lastAt, kept.at(-1)?.lastAt], [500, 600, 101])
  assert.equal((await directory.corsRefusals(other.id)).length, 1)
  assert.equal((await directory.corsRefusals()).length, 501)
})

test('counts of before segments were told apart are kept [D3]', async (t) => {
  const file = temporaryFile(t)
  let id: string
  {
    await using directory = await openDirectory({ file, ...settings })
    id = (await createApplication(directory, 'App')).id
  }
  {
    using database = new DatabaseSync(file)
    database.exec('drop table cors_refusal')
    database.exec(`create table cors_refusal (application_id text, origin text, method text, code text, rule_id text,
      mode text, count bigint, first_at bigint, last_at bigint)`)
    const row = `('${id}', 'https://home.contoso.net', 'PUT', 'no-rule', '', 'enforce', 7, 1, 8)`
    database.exec(`insert into cors_refusal values ${row}`)
  }
  {
    // The step by itself: those behind it were taken already.
    await using storage = openSqlite(file)
    // A step knows no table by its type, as it must outlive them all.
    await storage.write((rows) => createRefusalsByPlace(rows as never))
  }
  await using directory = await openDirectory({ file, ...settings })
  assert.deepEqual(await directory.corsRefusals(id), [refusals(id, { count: 7, lastAt: 8 })])
})
