import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindingOf } from './client-binding.ts'

const signsIn = ['Host', 'a', 'authorization', 'Negotiate YII=']
const asksAgain = ['Host', 'a']

test('a connection is bound from the first credentials on that count for all of it', () => {
  const connection = {}
  assert.equal(bindingOf(connection, '', asksAgain), undefined)
  assert.equal(bindingOf(connection, '', ['Authorization', 'Basic YTpi']), undefined)
  const bound = bindingOf(connection, '', signsIn)
  assert.ok(bound)
  assert.equal(bindingOf(connection, '', asksAgain), bound)
  assert.equal(bindingOf({}, '', asksAgain), undefined)
})

test('connections have bindings of their own, and so have people who share one', () => {
  const shared = {}
  const names = new Set<string | undefined>()
  for (const connection of [{}, {}, shared])
    names.add(bindingOf(connection, 'alice', signsIn)?.name)
  assert.equal(bindingOf(shared, 'bob', asksAgain), undefined)
  names.add(bindingOf(shared, 'bob', signsIn)?.name)
  assert.equal(names.size, 4)
  for (const name of names) assert.match(name ?? '', /^[\x21-\x7e]{1,128}$/)
})
