import assert from 'node:assert/strict'
import { test } from 'node:test'
import { definitionOf, lifetimeIn } from './lifetime.ts'

test('a lifetime is found in the definition that says it, as the original writes it [S9]', () => {
  assert.equal(lifetimeIn(definitionOf('8:00:00')), '8:00:00')
  assert.equal(lifetimeIn(['{"TokenLifetimePolicy":{"Version":1}}']), undefined)
  assert.equal(lifetimeIn([]), undefined)
})
