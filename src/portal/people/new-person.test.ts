import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NewPerson, personCreation, unknownPassword } from './new-person.ts'

const form: NewPerson = {
  displayName: 'Ann',
  userPrincipalName: 'ann@contoso.com',
  mail: '',
  way: 'invitation',
  password: 'typed before it was changed',
}

test('an invitation makes a password that nobody knows', () => {
  const { body } = personCreation(form, () => 'made up') as { body: Record<string, unknown> }
  assert.deepEqual(body['passwordProfile'], {
    password: 'made up',
    forceChangePasswordNextSignIn: true,
  })
  assert.ok(!('mail' in body))
  assert.notEqual(unknownPassword(), unknownPassword())
  assert.equal(unknownPassword().length, 24)
})

test('a password that is lent is the one that was typed', () => {
  const change = personCreation({ ...form, way: 'password', mail: 'a@b.c' }, () => 'made up')
  const { body } = change as { body: Record<string, unknown> }
  assert.deepEqual(body['passwordProfile'], {
    password: form.password,
    forceChangePasswordNextSignIn: true,
  })
  assert.equal(body['mail'], 'a@b.c')
})
