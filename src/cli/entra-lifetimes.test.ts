import assert from 'node:assert/strict'
import { test } from 'node:test'
import { convertExport } from './entra-document.ts'
import { readExport } from './entra-export.ts'
import { type Resource, textAt } from './resource.ts'

const application = {
  ...{ id: 'cccccccc-0000-4000-8000-000000000009', appId: 'c', displayName: 'Shop' },
  onPremisesPublishing: { externalUrl: 'https://shop.test/', internalUrl: 'http://shop/' },
}

function convert(...policies: readonly Resource[]) {
  return convertExport(readExport('x.json', { value: [application, ...policies] }), new Map())
}

const lifetime = (text: string, parts: Resource = {}): Resource => ({
  ...{
    id: '99999999-0000-4000-8000-000000000001',
    displayName: 'Short',
    isOrganizationDefault: false,
    ...parts,
  },
  definition: [text],
})
const hour = '{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"01:00:00"}}'
test('token lifetime policies come along, with the applications that have them [G6] [S6]', () => {
  const applied = lifetime(hour.replace('}}', ',"MaxInactiveTime":"1.00:00:00"}}'), {
    appliesTo: [{ id: application.id }],
  })
  const { document } = convert(applied)
  const wanted = { displayName: 'Short', definition: [hour], isOrganizationDefault: false }
  assert.deepEqual(document['tokenLifetimePolicies'], [wanted])
  assert.equal(textAt(document, 'applications/0/tokenLifetimePolicy'), 'Short')
})

for (const [what, text, said] of [
  ['is about claims', '{"ClaimsMappingPolicy":{}}', /no policy about the lifetime/],
  [
    'is about sessions alone',
    '{"TokenLifetimePolicy":{"MaxAgeSessionSingleFactor":"1.00:00:00"}}',
    /no effect any more/,
  ],
  ['lasts for days', hour.replace('01:00:00', '2.00:00:00'), /not from 10 minutes to a day/],
  ['is no JSON', 'x', /no policy about/],
] as const) {
  test(`a policy with a definition that ${what} stays there, which is told`, () => {
    const { document, report } = convert(lifetime(text))
    assert.equal(document['tokenLifetimePolicies'], undefined)
    assert.match(report.find(({ message }) => message.startsWith('Short'))?.message ?? '', said)
  })
}
