import assert from 'node:assert/strict'
import { test } from 'node:test'
import { directoryRoles } from '../identity/roles.ts'
import { mayDoEverything, mayUse, permissionsOfRoles } from './permissions.ts'
import { routes } from './routes.ts'

function roleId(name: string): string {
  return directoryRoles.find(({ displayName }) => displayName === name)?.id ?? ''
}

const openings = [
  ['Global Administrator', 'directory', 'write', true],
  ['Global Reader', 'directory', 'read', true],
  ['Global Reader', 'authentication', 'read', true],
  ['Global Reader', 'policy', 'read', true],
  ['Global Reader', 'log', 'read', true],
  ['Application Administrator', 'application', 'write', true],
  ['Application Administrator', 'assignment', 'write', true],
  ['Application Administrator', 'profile', 'write', true],
  ['Application Administrator', 'directory', 'write', false],
  ['Application Administrator', 'policy', 'write', false],
  ['Application Administrator', 'authentication', 'read', false],
  ['Conditional Access Administrator', 'policy', 'write', true],
  ['Conditional Access Administrator', 'application', 'write', false],
  ['User Administrator', 'person', 'write', true],
  ['User Administrator', 'group', 'write', true],
  ['User Administrator', 'authentication', 'write', true],
  ['User Administrator', 'assignment', 'write', false],
  ['User Administrator', 'directory', 'write', false],
  ['Authentication Administrator', 'authentication', 'write', true],
  ['Authentication Administrator', 'person', 'write', false],
  ['Groups Administrator', 'group', 'write', true],
  ['Groups Administrator', 'person', 'write', false],
  ['Security Reader', 'policy', 'read', true],
  ['Security Reader', 'policy', 'write', false],
  ['Reports Reader', 'log', 'read', true],
  ['Global Reader', 'configuration', 'read', true],
  ['Security Reader', 'configuration', 'read', true],
  ['Application Administrator', 'configuration', 'read', false],
  ['Global Administrator', 'configuration', 'write', true],
  ['Conditional Access Administrator', 'configuration', 'write', false],
  ['Reports Reader', 'policy', 'read', false],
] as const
for (const [role, area, use, expected] of openings) {
  test(`${role} ${expected ? 'may' : 'may not'} ${use} in the area ${area} [G3]`, () => {
    assert.equal(mayUse(permissionsOfRoles([roleId(role)]), area, use), expected)
  })
}

test('one role alone gives rights to others, readers change nothing, and unknown roles do nothing [G3]', () => {
  const givers = directoryRoles.filter(({ id }) => mayDoEverything(permissionsOfRoles([id])))
  assert.deepEqual(
    givers.map(({ displayName }) => displayName),
    ['Global Administrator'],
  )
  const areas = new Set(routes.map(({ area }) => area))
  for (const { id, displayName } of directoryRoles) {
    const granted = permissionsOfRoles([id])
    assert.ok(granted.length > 0, displayName)
    if (!displayName.endsWith('Reader')) continue
    for (const area of areas) if (area !== 'self') assert.ok(!mayUse(granted, area, 'write'), area)
  }
  assert.deepEqual(permissionsOfRoles(['00000000-0000-0000-0000-000000000000']), [])
})

test('nobody without a permission gets into any area but that about themselves [G3]', () => {
  for (const { area, method, path, use: declared } of routes) {
    const use = declared ?? (method === 'GET' ? 'read' : 'write')
    assert.equal(mayUse([], area, use), area === 'self', path)
  }
})
