import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestApi } from '../test-api.ts'

test('a document names owners, adds those it names, and takes others away with prune alone [G6] [G4]', async () => {
  await using api = await openTestApi()
  const apply = (document: object, more: object = {}) =>
    api.call('POST', '/beta/configuration/apply', { document, ...more })
  const users = ['ann', 'bob'].map((name) => ({
    ...{ userPrincipalName: `${name}@contoso.net`, displayName: name, accountEnabled: true },
  }))
  const owners = [{ user: 'ann@contoso.net' }, { application: 'Robot' }]
  const robot = { displayName: 'Robot' }
  const first = await apply({
    users,
    groups: [{ displayName: 'Crew', owners }],
    applications: [{ displayName: 'Wiki', owners }, robot],
  })
  assert.equal(first.status, 200, JSON.stringify(first.body))
  const read = async () => (await api.call('GET', '/beta/configuration')).body
  const written = await read()
  const sorted = [{ application: 'Robot' }, { user: 'ann@contoso.net' }]
  const ownersOf = (items: readonly { displayName: string; owners: unknown }[], name: string) =>
    items.find(({ displayName }) => displayName === name)?.owners
  assert.deepEqual(ownersOf(written.applications, 'Wiki'), sorted)
  assert.deepEqual(ownersOf(written.applications, 'Robot'), [])
  assert.deepEqual(ownersOf(written.groups, 'Crew'), sorted)

  const bob = { displayName: 'Wiki', owners: [{ user: 'bob@contoso.net' }] }
  assert.equal((await apply({ applications: [bob, robot] })).status, 200)
  assert.equal((ownersOf((await read()).applications, 'Wiki') as object[]).length, 3)
  assert.equal((await apply({ applications: [bob, robot] }, { prune: true })).status, 200)
  assert.deepEqual(ownersOf((await read()).applications, 'Wiki'), bob.owners)

  const wrong = [{ user: 'nobody@contoso.net' }, { group: 'Crew' }, {}]
  const refused = await apply({ applications: [{ displayName: 'Wiki', owners: wrong }] })
  assert.equal(refused.status, 400)
  assert.deepEqual(
    refused.body.error.details.map(({ target }: { target: string }) => target).sort(),
    ['applications/0/owners/1', 'applications/0/owners/1/group', 'applications/0/owners/2'],
  )
})

test('a document has unique names, makes things under them, and changes none [G6] [G4]', async () => {
  await using api = await openTestApi()
  const apply = (document: object) => api.call('POST', '/beta/configuration/apply', { document })
  const document = {
    groups: [{ displayName: 'Crew', uniqueName: 'Team/Crew' }],
    applications: [{ displayName: 'Wiki', uniqueName: 'Team/Wiki' }, { displayName: 'Robot' }],
  }
  assert.equal((await apply(document)).status, 200)
  const { body } = await api.call('GET', '/beta/configuration')
  assert.equal(body.groups[0].uniqueName, 'Team/Crew')
  const names = body.applications.map(({ uniqueName }: { uniqueName?: string }) => uniqueName)
  assert.deepEqual(names, [undefined, 'Team/Wiki'])
  assert.equal((await apply(body)).body.revisionId, null)
  const refused = await apply({
    groups: [{ displayName: 'Crew', uniqueName: 'other' }],
    applications: [
      { displayName: 'Another', uniqueName: 'team/wiki' },
      { displayName: 'Third', uniqueName: '' },
    ],
  })
  assert.deepEqual(
    refused.body.error.details.map(({ target }: { target: string }) => target),
    ['groups/0/uniqueName', 'applications/0/uniqueName', 'applications/1/uniqueName'],
  )
})
