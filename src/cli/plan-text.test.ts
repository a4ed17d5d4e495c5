import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writePlan } from './plan-text.ts'

const plain = (_: unknown, text: string): string => text

test('what would be made is shown as it is written, without the edge’s forty defaults and without secrets [G6]', () => {
  const written = {
    displayName: 'Corp',
    ...{ clientId: 'sallyport', clientSecret: 'hush', scopes: ['openid'], claims: { name: 'sub' } },
  }
  const after = { ...written, id: 'f00', clientSecret: '(a secret)', usesPar: false, icon: null }
  const change = {
    ...{ resource: 'identityProvider', displayName: 'Corp', change: 'created' },
    diff: [{ path: '', before: null, after }],
  }
  assert.deepEqual(writePlan([change], { identityProviders: [written] }, plain), [
    '+ identityProvider Corp',
    '  + displayName: Corp',
    '  + clientId: sallyport',
    '  + clientSecret: (a secret)',
    '  + scopes: ["openid"]',
    '  + claims/name: sub',
  ])
})

test('what nobody wrote is shown as the edge would make it, without ids and times of a trial', () => {
  const after = { id: 'a', createdDateTime: 'now', role: 'User', resourceId: 'b', nothing: null }
  const change = {
    ...{ resource: 'appRoleAssignment', displayName: 'Ann → Wiki', change: 'created' },
    diff: [{ path: '', before: null, after }],
  }
  const wanted = ['+ appRoleAssignment Ann → Wiki', '  + role: User']
  assert.deepEqual(writePlan([change], {}, plain), wanted)
})

test('what is changed or goes is shown with what was before', () => {
  const changes = [
    {
      ...{ resource: 'group', displayName: 'Staff', change: 'updated' },
      diff: [{ path: 'description', before: 'old', after: 'new' }],
    },
    {
      ...{ resource: 'group', displayName: 'Guests', change: 'deleted' },
      diff: [{ path: '', before: { displayName: 'Guests', groupTypes: [] }, after: null }],
    },
  ]
  assert.deepEqual(writePlan(changes, {}, plain), [
    ...['~ group Staff', '  - description: old', '  + description: new'],
    ...['- group Guests', '  - displayName: Guests'],
  ])
})
