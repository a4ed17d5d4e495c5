import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonSchema } from '../openapi-schema.ts'
import { sections } from './document.ts'
import { describeDocument } from './schema.ts'

const schema = JSON.parse(JSON.stringify(describeDocument()))

function part(schema: JsonSchema, ...path: readonly string[]): JsonSchema {
  const inner = path.reduce<JsonSchema>((at, name) => at[name] as JsonSchema, schema)
  return inner
}

test('the schema of the document has every part of it, and asks of each resource only for its name [G6]', () => {
  assert.deepEqual(Object.keys(part(schema, 'properties')), ['version', ...sections])
  for (const section of sections) {
    const items = part(schema, 'properties', section, 'items')
    const shapes = (items['anyOf'] ?? [items]) as JsonSchema[]
    for (const shape of shapes) assert.equal((shape['required'] as string[]).length, 1, section)
  }
})

test('an application in the schema has what the API has and what the document adds, and nothing else [G6]', () => {
  const application = part(schema, 'properties', 'applications', 'items')
  assert.equal(application['additionalProperties'], false)
  const properties = Object.keys(part(application, 'properties'))
  for (const name of ['connectorGroup', 'assignments', 'onPremisesPublishing', 'web'])
    assert.ok(properties.includes(name), name)
  assert.ok(!properties.includes('keyCredentials'))
  const published = JSON.stringify(part(application, 'properties', 'onPremisesPublishing'))
  for (const name of [
    'onPremisesApplicationSegments',
    'corsConfigurations',
    'aadPreAuthentication',
  ])
    assert.match(published, new RegExp(`"${name}"`))
})
