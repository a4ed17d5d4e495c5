import assert from 'node:assert/strict'
import { test } from 'node:test'
import { furtherChanges, type NewApplication, nothingYet, publishingOf } from './new-application.ts'

const domain = 'contoso.test:8443'
const complex: NewApplication = {
  ...nothingYet,
  kind: 'complex',
  displayName: 'Shop',
  segments: [
    { key: 1, internalUrl: 'http://shop.corp.test/', externalUrl: '' },
    { key: 2, internalUrl: 'http://10.0.0.7:8080/', externalUrl: '' },
    { key: 3, internalUrl: 'http://x.test/', externalUrl: 'https://other.test/' },
  ],
}

test('an external URL is proposed from the name, or from the host inside [P11] [G5]', () => {
  const { externalUrl } = publishingOf({ ...nothingYet, displayName: 'My Wiki' }, domain)
  assert.equal(externalUrl, 'https://my-wiki.contoso.test:8443/')
  const segments = publishingOf(complex, domain).segmentsConfiguration?.applicationSegments
  assert.deepEqual(
    segments?.map((segment) => segment.externalUrl),
    ['https://shop.contoso.test:8443/', 'https://shop-2.contoso.test:8443/', 'https://other.test/'],
  )
})

test('calls between segments are allowed by one switch, by suggested rules, or not yet [C12] [G5]', () => {
  const rulesOf = (calls: NewApplication['calls']) => {
    const publishing = publishingOf({ ...complex, calls }, domain)
    const segments = publishing.segmentsConfiguration?.applicationSegments ?? []
    const origins = segments.map(({ corsConfigurations: rules = [] }) =>
      rules.flatMap(({ allowedOrigins }) => allowedOrigins),
    )
    return [publishing.allowSiblingSegments, origins]
  }
  const first = 'https://shop.contoso.test:8443'
  assert.deepEqual(rulesOf('siblings'), [true, [[], [], []]])
  assert.deepEqual(rulesOf('fromFirst'), [false, [[], [first], [first]]])
  assert.deepEqual(rulesOf('none'), [false, [[], [], []]])
})

test('what a new application needs beyond its making is one call each, in an order that works [G5]', () => {
  const ann = { id: 'p1', displayName: 'Ann', detail: '', type: 'User' } as const
  const form = { ...nothingYet, displayName: 'Wiki', connectorGroupId: 'g1', principals: [ann] }
  const made = { application: 'a', principal: 's' }
  const calls = (changed: Partial<NewApplication>) =>
    furtherChanges({ ...form, ...changed }, domain, made).map(
      ({ method, path }) => `${method} ${path}`,
    )
  assert.deepEqual(calls({}), [
    'PUT /applications/a/connectorGroup/$ref',
    'PATCH /applications/a',
    'POST /servicePrincipals/s/appRoleAssignedTo',
  ])
  assert.deepEqual(calls({ connectorGroupId: '', everybody: true }), [
    'PATCH /applications/a',
    'PATCH /servicePrincipals/s',
  ])
})
