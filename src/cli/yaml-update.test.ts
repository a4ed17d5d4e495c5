import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document, parseDocument } from 'yaml'
import type { Resource } from './resource.ts'
import { updateDocument } from './yaml-update.ts'

function updated(text: string, value: Resource): string {
  const yaml = parseDocument(text, { merge: true })
  updateDocument(yaml, value)
  return yaml.toString({ lineWidth: 0 })
}

const written = `# Ours since 2026
groups:
  # who sells
  - displayName: Sales   # all of them
    users: [ann@contoso.com]

  - displayName: "Night shift" # after ten
applications:
  - displayName: Wiki
    # ticket 4711
    connectorGroup: 'Berlin'
`

test('what is the same stays as it is written, to the byte [G6]', () => {
  assert.equal(
    updated(written, parseDocument(written).toJS()),
    written.replace('   # all', ' # all').replace('[ann@contoso.com]', '[ ann@contoso.com ]'),
  )
})

test('an export changes what is different, and nothing of the comments, quotes and order around it [G6]', () => {
  const said = updated(written, {
    groups: [
      { displayName: 'Day shift' },
      { displayName: 'Night shift' },
      { displayName: 'Sales', users: ['ann@contoso.com', 'bob@contoso.com'] },
    ],
    applications: [{ displayName: 'Wiki', accountEnabled: true, connectorGroup: 'Potsdam' }],
  })
  assert.equal(
    said,
    `# Ours since 2026
groups:
  # who sells
  - displayName: Sales # all of them
    users: [ ann@contoso.com, bob@contoso.com ]

  - displayName: "Night shift" # after ten
  - displayName: Day shift
applications:
  - displayName: Wiki
    accountEnabled: true
    # ticket 4711
    connectorGroup: 'Potsdam'
`,
  )
})

test('what is gone goes with its comment, and the order of rules is the order of the edge', () => {
  const rules = `a:
  - resource: /one # first
    allowedOrigins: [x]
  - resource: /two # second
  - resource: /three # third
`
  const said = updated(rules, {
    a: [{ resource: '/three' }, { resource: '/one', allowedOrigins: ['y'] }],
  })
  assert.equal(
    said,
    'a:\n  - resource: /three # third\n  - resource: /one # first\n    allowedOrigins: [ y ]\n',
  )
})

test('an alias stays as long as it is true, and is written out when it is not', () => {
  const text = `x: &all
  methods: [GET]
one: *all
two:
  <<: *all
  name: two
`
  const methods = ['GET']
  const same = { x: { methods }, one: { methods }, two: { methods, name: 'two' } }
  assert.match(updated(text, same), /one: \*all/)
  const changed = { ...same, x: { methods: ['PUT'] } }
  assert.deepEqual(parseDocument(updated(text, changed)).toJS(), changed)
  const apart = { ...same, two: { methods: ['PUT'], name: 'two' } }
  const said = updated(text, apart)
  assert.match(said, /one: \*all/)
  assert.deepEqual(parseDocument(said, { merge: true }).toJS(), apart)
})

const value = fc.letrec((tie) => ({
  scalar: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
  list: fc.array(fc.oneof(tie('scalar'), tie('item')), { maxLength: 4 }),
  item: fc.record(
    {
      displayName: fc.constantFrom('Wiki', 'Shop', 'yes', '1', '#', 'a: b'),
      description: tie('scalar'),
      headers: tie('list'),
      corsConfigurations: tie('list'),
    },
    { requiredKeys: [], noNullPrototype: true },
  ),
}))
const configuration = fc.record(
  { segments: value.list, rules: value.list, one: value.item },
  { noNullPrototype: true },
)

test('whatever a file says, after an export it says what the edge has', () => {
  fc.assert(
    fc.property(configuration, configuration, (before, after) => {
      const text = updated(new Document(before).toString(), after as Resource)
      assert.deepEqual(parseDocument(text).toJS(), after)
    }),
    { numRuns: 60 },
  )
})
