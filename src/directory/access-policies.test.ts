import assert from 'node:assert/strict'
import { test } from 'node:test'
import { globalAdministrator } from '../identity/roles.ts'
import { samplePolicy } from '../policy/sample.ts'
import { maxPolicies } from '../policy/validate.ts'
import {
  accepted,
  change,
  codesOf,
  createApplication,
  createPerson,
  openInMemory,
} from './fixture.ts'

const userRole = '18d14569-c3bd-439b-9a66-3a2aee01d14f'

test('what policies are compiled from follows groups and roles, and is the same object until something changes [S8] [S9]', async (t) => {
  const directory = await openInMemory(t)
  const ann = await createPerson(directory, 'ann@contoso.net')
  const sales = await directory.createGroup('Sales', change)
  const staff = await directory.createGroup('Staff', change)
  await directory.addGroupMember(staff.id, sales.id, change)
  const { id: applicationId } = await createApplication(directory, 'Expenses')
  await directory.assign(
    {
      ...{ applicationId, principalId: sales.id },
      ...{ principalType: 'Group', appRoleId: userRole },
    },
    change,
  )
  const include = { groups: [sales.id, staff.id], roles: [userRole, globalAdministrator.id] }
  const { id } = accepted(await directory.createAccessPolicy(samplePolicy({ include }), change))
  const sources = async () => (await directory.state()).policies
  const first = await sources()
  assert.deepEqual(
    first.policies.map((policy) => policy.id),
    [id],
  )
  assert.equal(first.groupMembers.get(sales.id)?.has(ann.id), false)

  await directory.addGroupMember(sales.id, ann.id, change)
  const second = await sources()
  assert.equal(second.groupMembers.get(sales.id)?.has(ann.id), true)
  assert.equal(second.groupMembers.get(staff.id)?.has(ann.id), true, 'by the group inside it')
  assert.equal(second.roleHolders.get(userRole)?.at.get(applicationId)?.has(ann.id), true)

  await directory.addRoleMember(globalAdministrator.id, ann.id, change)
  const third = await sources()
  const everywhere = third.roleHolders.get(globalAdministrator.id)?.everywhere
  assert.equal(everywhere?.has(ann.id), true)

  await directory.createConnectorGroup({ name: 'Elsewhere', region: undefined }, change)
  assert.equal(await sources(), third)
  await directory.removeGroupMember(sales.id, ann.id, change)
  assert.equal((await sources()).groupMembers.get(sales.id)?.has(ann.id), false)
  assert.equal((await sources()).groupMembers.get(staff.id)?.has(ann.id), false)
})

test('a policy outlives the one who wrote it, is stamped when it changes, and is not when nothing does', async (t) => {
  let now = 1_000
  const directory = await openInMemory(t, () => now)
  const made = accepted(await directory.createAccessPolicy(samplePolicy(), change))
  assert.equal(made.createdAt, 1_000)
  now = 2_000
  const same = await directory.updateAccessPolicy(made.id, change, (value) => ({ value }))
  assert.equal(accepted(same).modifiedAt, undefined)
  const changed = await directory.updateAccessPolicy(made.id, change, (policy) => ({
    value: { ...policy, state: 'disabled' },
  }))
  assert.equal(accepted(changed).modifiedAt, 2_000)
  assert.deepEqual(await directory.accessPolicies(), [accepted(changed)])
  assert.equal(await directory.deleteAccessPolicy(made.id, change), true)
  assert.equal(await directory.deleteAccessPolicy(made.id, change), false)
  const actions = (await directory.audit(3)).map(({ action }) => action)
  assert.deepEqual(actions, [
    'access-policy.delete',
    'access-policy.update',
    'access-policy.create',
  ])
})

test('a policy that names nobody known is refused, whole [S8] [G4]', async (t) => {
  const directory = await openInMemory(t)
  const include = { people: ['nobody'], groups: ['none'], roles: ['no role'] }
  const refused = await directory.createAccessPolicy(samplePolicy({ include }), change)
  assert.deepEqual(codesOf(refused), ['unknown-name', 'unknown-name', 'unknown-name'])
  assert.deepEqual(await directory.accessPolicies(), [])
})

test('there are 195 policies at most [S8]', async (t) => {
  const directory = await openInMemory(t)
  for (let i = 0; i < maxPolicies; i++) {
    accepted(await directory.createAccessPolicy(samplePolicy(), change))
  }
  assert.equal(maxPolicies, 195)
  assert.deepEqual(codesOf(await directory.createAccessPolicy(samplePolicy(), change)), [
    'too-many',
  ])
})
