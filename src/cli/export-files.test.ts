import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDocument } from 'yaml'
import { parseConfiguration } from './configuration-file.ts'
import { writeFresh, writeShare } from './export-files.ts'
import type { Resource } from './resource.ts'

function exported(text: string, value: Resource): string {
  const file = parseConfiguration('ours.yaml', text)
  return writeShare({ name: file.name, file, value }, 'schema.json')
}

const written = `# Ours


groups:
- { displayName: Staff, users: [ann@contoso.com] }    # all of us
- displayName:   "Night shift"

applications:
-   displayName: Wiki
    connectorGroup: 'Berlin'   # see ticket 4711
    accountEnabled: true
`

test('a change of one line changes one line, however the others are written [G6]', () => {
  const value = parseDocument(written).toJS()
  assert.equal(exported(written, value), written)
  value.applications[0].connectorGroup = 'Potsdam'
  assert.equal(exported(written, value), written.replace("'Berlin'   # see", "'Potsdam' # see"))
  value.groups.push({ displayName: 'Day shift' })
  const said = exported(written, value)
  assert.ok(said.includes('- { displayName: Staff, users: [ann@contoso.com] }    # all of us\n'))
  assert.match(said, /\n- displayName: Day shift\n/)
  assert.deepEqual(parseDocument(said).toJS(), value)
})

test('a file with four blanks gets new lines with four blanks', () => {
  const four = 'groups:\n    - displayName: A # a\n      users:\n          - x\n'
  const said = exported(four, { groups: [{ displayName: 'A', users: ['x', 'y'] }] })
  assert.match(said, /^groups:\n {4}- displayName: A # a\n {6}users:\n {10}- x\n {10}- y\n$/)
})

test('lines of another system’s end, and values over several lines, come to the same', () => {
  const crlf = 'groups:\r\n  - displayName: A\r\n    users: [x,\r\n      y]\r\n'
  const value = { groups: [{ displayName: 'A', users: ['x', 'z'] }] }
  const said = exported(crlf, value)
  assert.deepEqual(parseDocument(said).toJS(), value)
  assert.doesNotMatch(said, /[^\r]\n/)
})

test('a file of JSON stays one', () => {
  const file = parseConfiguration('ours.json', '{"groups": []}')
  const text = writeShare({ name: file.name, file, value: { groups: [1] } }, 'schema.json')
  assert.deepEqual(JSON.parse(text), { groups: [1] })
  const fresh = writeShare({ name: 'new.json', file: undefined, value: { groups: [] } }, 's.json')
  assert.deepEqual(JSON.parse(fresh), { groups: [] })
})

const text = fc.oneof(fc.string(), fc.constantFrom('a', 'b: c', '- d', '# e', 'f\ng', ''))
const item = fc.record(
  { displayName: text, description: text, list: fc.array(text, { maxLength: 3 }) },
  { requiredKeys: ['displayName'], noNullPrototype: true },
)
const configuration = fc.record(
  { rules: fc.array(item, { maxLength: 5 }) },
  { noNullPrototype: true },
)

test('whatever lines are kept, the file says what the edge has', () => {
  fc.assert(
    fc.property(configuration, configuration, fc.nat(2), (before, after, blanks) => {
      const fresh = writeFresh(before, undefined).replaceAll('\n', '\n'.repeat(1 + (blanks % 2)))
      const original = parseDocument(fresh).errors.length > 0 ? writeFresh(before, 'x') : fresh
      assert.deepEqual(parseDocument(exported(original, after)).toJS(), after)
    }),
    { numRuns: 80 },
  )
})
