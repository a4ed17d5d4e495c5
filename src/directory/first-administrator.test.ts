import assert from 'node:assert/strict'
import { test } from 'node:test'
import { globalAdministrator } from '../identity/roles.ts'
import { samplePolicy } from '../policy/sample.ts'
import { accepted, change, createPerson, isFault, openInMemory } from './fixture.ts'

const ada = {
  userPrincipalName: 'ada@contoso.net',
  displayName: 'Ada',
  password: 'a sentence for the first one',
}

test('a code makes one administrator, in its time, and the next code makes it void [S11]', async (t) => {
  let now = 1_000_000
  const directory = await openInMemory(t, () => now)
  const { firstAdministrator } = directory
  assert.equal(await firstAdministrator.isOpen(), false)
  const void_ = (await firstAdministrator.createCode(60)) ?? ''
  const code = (await firstAdministrator.createCode(60)) ?? ''
  assert.deepEqual(await firstAdministrator.setUp(void_, ada), { refused: 'wrong-code' })
  const poor = await firstAdministrator.setUp(code, { ...ada, password: 'short' })
  assert.ok('issues' in poor)
  now += 60_000
  assert.equal(await firstAdministrator.isOpen(), false)
  assert.deepEqual(await firstAdministrator.setUp(code, ada), { refused: 'wrong-code' })
  const next = (await firstAdministrator.createCode(60)) ?? ''
  const tries = await Promise.all([
    firstAdministrator.setUp(next, ada),
    firstAdministrator.setUp(next, { ...ada, userPrincipalName: 'eve@contoso.net' }),
  ])
  assert.equal(tries.filter((done) => 'personId' in done).length, 1)
  assert.equal(await firstAdministrator.createCode(60), undefined)
  const [member] = await directory.roleMembers(globalAdministrator.id)
  assert.deepEqual(await directory.rolesOf(member?.id ?? ''), [globalAdministrator.id])
  const trail = JSON.stringify(await directory.audit(10))
  assert.ok(trail.includes('the first administrator'))
  assert.ok(!trail.includes(ada.password) && !trail.includes(next))
})

test('a policy that names the role holds for the first administrator, too [S8]', async (t) => {
  const directory = await openInMemory(t)
  const include = { roles: [globalAdministrator.id] }
  accepted(await directory.createAccessPolicy(samplePolicy({ include }), change))
  const holders = async () =>
    (await directory.state()).policies.roleHolders.get(globalAdministrator.id)?.everywhere.size ?? 0
  assert.equal(await holders(), 0)
  const code = (await directory.firstAdministrator.createCode(60)) ?? ''
  await directory.firstAdministrator.setUp(code, ada)
  assert.equal(await holders(), 1)
})

test('a role is given and taken, once each, to people there are [G1]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createPerson(directory, 'ann@contoso.net')
  const role = globalAdministrator.id
  await directory.addRoleMember(role, id, change)
  await assert.rejects(directory.addRoleMember(role, id, change), isFault('already-exists'))
  await assert.rejects(directory.addRoleMember(role, 'none', change), isFault('not-found'))
  await assert.rejects(directory.addRoleMember('none', id, change), isFault('not-found'))
  await directory.addRoleMember(role, (await createPerson(directory, 'bob@contoso.net')).id, change)
  assert.equal(await directory.removeRoleMember(role, id, change), true)
  assert.equal(await directory.removeRoleMember(role, id, change), false)
})

test('the last administrator who is enabled stays, also when two go at once [G1] [G3]', async (t) => {
  const directory = await openInMemory(t)
  const role = globalAdministrator.id
  const ann = await createPerson(directory, 'ann@contoso.net')
  const bob = await createPerson(directory, 'bob@contoso.net')
  for (const { id } of [ann, bob]) await directory.addRoleMember(role, id, change)
  const disable = (id: string) =>
    directory.updatePerson(id, change, (person) => ({ value: { ...person, enabled: false } }))
  const both = await Promise.allSettled([directory.deletePerson(ann.id, change), disable(bob.id)])
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  await assert.rejects(disable(bob.id), isFault('invalid'))
  await assert.rejects(directory.deletePerson(bob.id, change), isFault('invalid'))
  await assert.rejects(directory.removeRoleMember(role, bob.id, change), isFault('invalid'))
  const eve = await createPerson(directory, 'eve@contoso.net')
  await directory.addRoleMember(role, eve.id, change)
  accepted(await disable(eve.id))
  await assert.rejects(
    directory.deletePerson(bob.id, change),
    isFault('invalid'),
    'eve is disabled',
  )
  assert.equal(await directory.firstAdministrator.createCode(60), undefined)
})
