import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { accepted, change, createApplication, createPerson, openInMemory } from './fixture.ts'
import { reach } from './nested-groups.ts'

test('who is in a group inside a group is in both, but assigned by direct membership only [S8] [S12]', async (t) => {
  const directory = await openInMemory(t)
  const ann = await createPerson(directory, 'ann@contoso.net')
  const [all, staff, editors] = [
    await directory.createGroup('All', change),
    await directory.createGroup('Staff', change),
    await directory.createGroup('Editors', change),
  ]
  await directory.addGroupMember(all.id, staff.id, change)
  await directory.addGroupMember(staff.id, editors.id, change)
  await directory.addGroupMember(editors.id, ann.id, change)
  const application = await createApplication(directory, 'Expenses', { assignmentRequired: true })
  const wanted = { applicationId: application.id, principalType: 'Group', appRoleId: 'r' } as const
  accepted(await directory.assign({ ...wanted, principalId: staff.id }, change))
  const groupsOf = async () => {
    const { memberships } = await directory.state()
    return (memberships.groupsOf.get(ann.id) ?? []).map(({ displayName }) => displayName)
  }
  assert.deepEqual(await groupsOf(), ['All', 'Editors', 'Staff'])
  assert.equal(
    (await directory.state()).access.assigned.get(application.id)?.has(ann.id) ?? false,
    false,
  )
  assert.deepEqual(await directory.memberGroups(staff.id), [editors])
  await directory.removeGroupMember(staff.id, editors.id, change)
  assert.deepEqual(await groupsOf(), ['Editors'])
  await directory.addGroupMember(staff.id, editors.id, change)
  await directory.deleteGroup(staff.id, change)
  assert.deepEqual(await groupsOf(), ['Editors'])
})

test('reach() finds what can be reached, each once, whatever contains what', () => {
  const groups = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  fc.assert(
    fc.property(fc.array(fc.tuple(groups, groups)), groups, (pairs, from) => {
      const steps = new Map<string, string[]>()
      for (const [upper, lower] of pairs) steps.set(upper, [...(steps.get(upper) ?? []), lower])
      const expected = new Set([from])
      // As many rounds as there are groups: no way is longer.
      for (let round = 0; round < 5; round++) {
        for (const [upper, lower] of pairs) if (expected.has(upper)) expected.add(lower)
      }
      assert.deepEqual(reach(steps, from), expected)
    }),
  )
})
