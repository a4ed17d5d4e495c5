import assert from 'node:assert/strict'
import { test } from 'node:test'
import { vouchers } from './vouchers.ts'

test('whoever vouches for a person is told by name, a provider that is gone by its address [G5] [S11]', () => {
  const own = { signInType: 'userPrincipalName', issuer: 'a.test', issuerAssignedId: 'ann@a.test' }
  const of = (issuer: string) => ({ signInType: 'federated', issuer, issuerAssignedId: 's' })
  const providers = [{ issuer: 'https://idp.test', displayName: 'Corporate' }]
  assert.deepEqual(vouchers([own, of('https://idp.test'), of('https://gone.test')], providers), [
    'This edge, by a user name of its own',
    'Corporate',
    'https://gone.test',
  ])
})
