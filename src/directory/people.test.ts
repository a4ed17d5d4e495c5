import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyPassword } from '../identity/local/password.ts'
import {
  accepted,
  change,
  codesOf,
  createPerson,
  isFault,
  openInMemory,
  signIn,
} from './fixture.ts'

const ann = {
  userPrincipalName: 'Ann@Contoso.net',
  displayName: 'Ann',
  mail: 'ann@mail.example',
  enabled: true,
}
const password = 'correct horse battery'

test('a local person is found by id and by name in any case [S11]', async (t) => {
  const directory = await openInMemory(t)
  const person = accepted(await directory.createPerson(ann, password, change))
  assert.deepEqual(person, { ...ann, id: person.id })
  assert.deepEqual(await directory.people.byId(person.id), person)
  assert.deepEqual(await directory.people.byUserPrincipalName('ANN@contoso.NET'), person)
  assert.deepEqual(await directory.listPeople(), [person])
  assert.equal(await directory.people.byId('none'), undefined)
  assert.equal(await directory.people.byUserPrincipalName('bob@contoso.net'), undefined)
})

test('only an argon2id verifier of a password is kept, and never in the audit trail [S11]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = accepted(await directory.createPerson(ann, password, change))
  const first = await directory.people.passwordOf(id)
  assert.match(first ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.ok(await verifyPassword(first, password))
  await directory.setPassword(id, 'another good one', change)
  const second = await directory.people.passwordOf(id)
  assert.ok(await verifyPassword(second, 'another good one'))
  assert.ok(!(await verifyPassword(second, password)))
  const trail = JSON.stringify(await directory.audit(100))
  assert.ok(trail.includes('person.set-password'))
  assert.doesNotMatch(trail, /argon2|correct horse|another good/)
})

test('somebody without a password has no verifier', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createPerson(directory, 'bob@contoso.net')
  assert.equal(await directory.people.passwordOf(id), undefined)
  assert.equal(await directory.people.passwordOf('none'), undefined)
})

test('a taken name and a poor password are told together, and nobody is made [G4]', async (t) => {
  const directory = await openInMemory(t)
  await createPerson(directory, 'ann@contoso.net')
  assert.deepEqual(codesOf(await directory.createPerson(ann, 'short', change)), [
    'already-exists',
    'too-short',
  ])
  assert.equal((await directory.listPeople()).length, 1)
})

test('a person keeps their own name in another case, but not the name of somebody else', async (t) => {
  const directory = await openInMemory(t)
  const person = await createPerson(directory, 'ann@contoso.net')
  await createPerson(directory, 'bob@contoso.net')
  const rename = (userPrincipalName: string) =>
    directory.updatePerson(person.id, change, (value) => ({
      value: { ...value, userPrincipalName },
    }))
  assert.equal(accepted(await rename('ANN@contoso.net')).userPrincipalName, 'ANN@contoso.net')
  assert.deepEqual(codesOf(await rename('Bob@contoso.net')), ['already-exists'])
})

test('an edit of a person is audited, and one that changes nothing is not', async (t) => {
  const directory = await openInMemory(t)
  const before = await createPerson(directory, 'ann@contoso.net')
  const after = { ...before, mail: 'ann@mail.example' }
  assert.deepEqual(
    accepted(await directory.updatePerson(before.id, change, () => ({ value: after }))),
    after,
  )
  assert.deepEqual(
    accepted(await directory.updatePerson(before.id, change, () => ({ value: after }))),
    after,
  )
  const trail = await directory.audit(10)
  assert.deepEqual(
    trail.map((entry) => entry.action),
    ['person.update', 'person.create'],
  )
  assert.deepEqual([trail[0]?.before, trail[0]?.after], [before, after])
})

test('disabling or deleting a person ends their sessions and tells about it [S9]', async (t) => {
  const directory = await openInMemory(t)
  const one = await createPerson(directory, 'one@contoso.net')
  const two = await createPerson(directory, 'two@contoso.net')
  await signIn(directory, 's1', { personId: one.id })
  await signIn(directory, 's2', { personId: two.id })
  await signIn(directory, 's3', { personId: two.id })
  const told: string[][] = []
  directory.sessions.onEnded((ids) => told.push([...ids].sort()))
  await directory.updatePerson(one.id, change, (value) => ({ value: { ...value, enabled: false } }))
  assert.equal(await directory.sessions.find('s1'), undefined)
  assert.equal(await directory.deletePerson(two.id, change), true)
  assert.equal(await directory.sessions.find('s2'), undefined)
  assert.deepEqual(told, [['s1'], ['s2', 's3']])
  assert.equal(await directory.deletePerson(two.id, change), false)
})

test('somebody disabled while signing in gets no session [S9]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createPerson(directory, 'ann@contoso.net')
  await directory.updatePerson(id, change, (value) => ({ value: { ...value, enabled: false } }))
  await assert.rejects(signIn(directory, 's1', { personId: id }), isFault('conflict'))
  assert.equal(await directory.sessions.find('s1'), undefined)
})

test('somebody deleted while signing in gets no session [S9]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createPerson(directory, 'ann@contoso.net')
  await directory.deletePerson(id, change)
  await assert.rejects(signIn(directory, 's1', { personId: id }), isFault('conflict'))
  assert.equal(await directory.sessions.find('s1'), undefined)
})

test('a person who is not there can be neither edited nor given a password', async (t) => {
  const directory = await openInMemory(t)
  const edit = directory.updatePerson('none', change, (value) => ({ value }))
  await assert.rejects(edit, isFault('not-found'))
  await assert.rejects(directory.setPassword('none', password, change), isFault('not-found'))
  await assert.rejects(directory.setPassword('none', 'short', change), isFault('invalid'))
})
