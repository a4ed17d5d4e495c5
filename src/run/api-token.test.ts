import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import { openDirectory } from '../directory/open.ts'
import { globalAdministrator } from '../identity/roles.ts'
import { createApiToken, verifyApiToken } from './api-token.ts'

const change = { author: 'a test', reason: '' }
const key = new Uint8Array(32).fill(7)

const ends: readonly (readonly [string, (directory: Directory, id: string) => Promise<unknown>])[] =
  [
    [
      'does not administer any more',
      (directory, id) => directory.removeRoleMember(globalAdministrator.id, id, change),
    ],
    ['was signed out everywhere', (directory, id) => directory.revokeSignIns(id, change)],
    [
      'is disabled',
      (directory, id) =>
        directory.updatePerson(id, change, (person) => ({ value: { ...person, enabled: false } })),
    ],
    ['is gone', (directory, id) => directory.deletePerson(id, change)],
  ]
for (const [what, end] of ends) {
  test(`a token of the API in the name of somebody who ${what} does not count [G3] [S9]`, async (t) => {
    const directory = await openDirectory({ file: ':memory:', clock: systemClock, log: silentLog })
    t.after(() => directory[Symbol.asyncDispose]())
    const facts = { userPrincipalName: 'ann@contoso.net', displayName: 'Ann', mail: undefined }
    const made = await directory.createPerson({ ...facts, enabled: true }, undefined, change)
    assert.ok('value' in made)
    const { id } = made.value
    await directory.addRoleMember(globalAdministrator.id, id, change)
    const bob = { ...facts, userPrincipalName: 'bob@contoso.net', enabled: true }
    const other = await directory.createPerson(bob, undefined, change)
    assert.ok('value' in other)
    // The last one could not go.
    await directory.addRoleMember(globalAdministrator.id, other.value.id, change)
    const token = await createApiToken(key, 60, {
      ...{ personId: id, userPrincipalName: 'ann@contoso.net' },
      ...{ amr: ['pwd'], signedInAt: 1_700_000_000 },
    })
    const own = await createApiToken(key, 60)
    const good = await verifyApiToken(key, token, directory)
    assert.equal(good?.caller.name, 'ann@contoso.net')
    assert.deepEqual(good.proven, { personId: id, amr: ['pwd'], signedInAt: 1_700_000_000 })
    await end(directory, id)
    assert.equal(await verifyApiToken(key, token, directory), undefined)
    assert.ok(await verifyApiToken(key, own, directory), 'the one of the command line is nobody’s')
  })
}
