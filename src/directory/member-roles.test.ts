import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failed } from '../base/check.ts'
import { userRoleId } from '../publishing/registration.ts'
import { change, openInMemory } from './fixture.ts'

const reader = '11111111-1111-4111-8111-111111111111'
const writer = '22222222-2222-4222-8222-222222222222'

test('roles are those of the person and of the groups the person is in; the one that only lets in says nothing [S12] [S8]', async (t) => {
  const directory = await openInMemory(t)
  const facts = { userPrincipalName: 'ann@contoso.net', displayName: 'Ann', mail: undefined }
  const made = await directory.createPerson({ ...facts, enabled: true }, undefined, change)
  assert.ok(!failed(made))
  const { id: principalId } = made.value
  const { id: applicationId } = await directory.createApplication('Reports', change)
  const group = await directory.createGroup('Writers', change)
  await directory.addGroupMember(group.id, principalId, change)
  const user = { applicationId, principalId, principalType: 'User' } as const
  await directory.assign({ ...user, appRoleId: userRoleId }, change)
  await directory.assign({ ...user, appRoleId: reader }, change)
  const theirs = { applicationId, principalId: group.id, principalType: 'Group' } as const
  await directory.assign({ ...theirs, appRoleId: writer }, change)
  const { memberships } = await directory.state()
  assert.deepEqual(memberships.rolesAt.get(applicationId)?.get(principalId)?.toSorted(), [
    reader,
    writer,
  ])
})
