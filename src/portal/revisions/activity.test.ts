import assert from 'node:assert/strict'
import { test } from 'node:test'
import { activityText, resourceText, subjectOf } from './activity.ts'

const texts = [
  ['group.create', 'Group created'],
  ['token-lifetime-policy.update', 'Token lifetime policy changed'],
  ['person.revoke-sign-ins', 'Person signed out everywhere'],
  ['application.probe', 'Application asked by the doctor'],
  ['group.add-member', 'Group has a new member'],
  ['application.remove-owner', 'Application no longer has the owner'],
  ['some-thing.turn-round', 'Some thing turn round'],
] as const

test('what was done is told in words [G4] [G5]', () => {
  for (const [activity, text] of texts) assert.equal(activityText(activity), text)
  assert.equal(resourceText('applicationTokenLifetimePolicy'), 'application token lifetime policy')
})

function named(resource: string, ...names: readonly string[]) {
  return names.map((displayName) => ({
    resource,
    id: 'i',
    displayName,
    change: 'created' as const,
  }))
}

const subjects = [
  ['person.create', [...named('user', 'ann'), ...named('directoryRoleMember', 'ann → R')], 'ann'],
  ['group.add-member', named('groupMember', 'ann → Staff'), 'ann → Staff'],
  [
    'application.delete',
    [...named('appRoleAssignment', 'a', 'b'), ...named('application', 'Wiki')],
    'Wiki',
  ],
  ['configuration.apply', named('application', 'A', 'B', 'C', 'D'), 'A, B and 2 more'],
  ['configuration.apply', [], 'Sallyport'],
] as const

test('a revision is known by what it is about [G4] [G5]', () => {
  for (const [activity, changes, subject] of subjects) {
    assert.equal(subjectOf({ activity, changes, changeCount: changes.length }), subject)
  }
  const many = named('application', 'A', 'B', 'C')
  const applied = { activity: 'configuration.apply', changes: many, changeCount: 300 }
  assert.equal(subjectOf(applied), 'A, B and 298 more')
})
