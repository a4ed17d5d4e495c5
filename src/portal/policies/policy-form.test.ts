import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Policy } from './policies.ts'
import { bodyOf, formOf, newPolicy, type PolicyForm } from './policy-form.ts'

const saved = { id: 'p', createdDateTime: '', modifiedDateTime: null }
const ids = fc.uniqueArray(fc.uuid(), { maxLength: 3 })
const extent = fc.constantFrom('all' as const, 'none' as const, 'some' as const)
const reach = fc.constantFrom('any' as const, 'all' as const, 'some' as const)

const forms: fc.Arbitrary<PolicyForm> = fc.record({
  displayName: fc.string(),
  state: fc.constantFrom(
    'enabled' as const,
    'disabled' as const,
    'enabledForReportingButNotEnforced' as const,
  ),
  people: extent,
  ...{ includeUsers: ids, includeGroups: ids, includeRoles: ids },
  ...{ excludeUsers: ids, excludeGroups: ids, excludeRoles: ids },
  applications: extent,
  ...{ includeApplications: ids, excludeApplications: ids },
  places: reach,
  includeLocations: fc.constantFrom(['AllTrusted'], [], ['a']),
  excludeLocations: fc.constantFrom(['AllTrusted'], []),
  systems: reach,
  includePlatforms: fc.constantFrom(['linux'], ['iOS', 'android']),
  excludePlatforms: fc.constantFrom([], ['macOS']),
  clients: fc.constantFrom('all' as const, 'some' as const),
  clientAppTypes: fc.constantFrom(['browser'], ['browser', 'other']),
  grant: fc.constantFrom('none' as const, 'block' as const, 'mfa' as const),
  frequency: fc.constantFrom(...(['none', 'everyTime', 'hours', 'days'] as const)),
  frequencyValue: fc.integer({ min: 1, max: 365 }),
  persistence: fc.constantFrom('none' as const, 'always' as const, 'never' as const),
})

test('what the editor reads of a policy says the same when it is written again [S8]', () => {
  fc.assert(
    fc.property(forms, (form) => {
      const body = bodyOf(form)
      assert.deepEqual(bodyOf(formOf({ ...saved, ...body } as Policy)), body)
    }),
  )
})

test('a new policy watches before it is enforced [S8]', () => {
  const { state, conditions, grantControls } = bodyOf(newPolicy)
  assert.equal(state, 'enabledForReportingButNotEnforced')
  assert.deepEqual(conditions.users.includeUsers, ['All'])
  assert.deepEqual(grantControls?.builtInControls, ['mfa'])
})
