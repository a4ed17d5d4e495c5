import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleApplication } from '../publishing/sample.ts'
import { applyChange } from './change.ts'
import { offerRule, type RefusedCall } from './offered-rule.ts'
import { complex, home, sampleParts } from './sample.ts'

const refused: RefusedCall = {
  applicationId: complex.id,
  segmentId: 'assets',
  origin: home,
  method: 'PATCH',
  headers: ['content-type'],
  ruleId: 'rule',
  mode: 'enforce',
}
const place = { applicationId: complex.id, segmentId: 'assets' }

test('a refused call is offered what its rule lacks, and nothing once it has that [D3]', () => {
  const offered = offerRule(sampleParts(), refused)
  assert.deepEqual(offered?.change, {
    kind: 'edit-rule',
    ...place,
    ruleId: 'rule',
    set: {
      allowedMethods: ['PUT', 'PATCH'],
      allowedHeaders: ['x-listed', 'content-type'],
    },
  })
  const changed = applyChange(sampleParts(), offered?.change ?? assert.fail())
  assert.equal(offerRule(changed ?? assert.fail(), refused), undefined)
})

test('a page that no rule names is offered a rule beside the others, of the same resource [D3]', () => {
  const stranger = { ...refused, origin: 'https://one.contoso.net' }
  assert.deepEqual(offerRule(sampleParts(), stranger)?.change, {
    kind: 'add-rule',
    ...place,
    rule: {
      resource: '/',
      allowedOrigins: ['https://one.contoso.net'],
      allowedMethods: ['PATCH'],
      allowedHeaders: ['content-type'],
      allowCredentials: true,
      maxAgeInSeconds: 600,
    },
  })
})

const trial = sampleApplication('trial', {
  externalUrl: 'https://*.contoso.net/',
  internalUrl: 'http://*.test.com/',
  corsRules: [{ id: 'dry', resource: '/api', allowedOrigins: [home], mode: 'dryRun' }],
})
const dry: RefusedCall = {
  ...refused,
  ...{ applicationId: 'trial', segmentId: undefined, ruleId: 'dry', mode: 'dryRun' },
}

test('what a rule in dry run would refuse is offered, and stays in dry run [D3] [C13]', () => {
  const own = { applicationId: 'trial', segmentId: undefined }
  const parts = sampleParts([trial])
  assert.deepEqual(offerRule(parts, dry)?.change, {
    kind: 'edit-rule',
    ...own,
    ruleId: 'dry',
    set: { allowedMethods: ['PATCH'], allowedHeaders: ['content-type'] },
  })
  const other = offerRule(parts, { ...dry, origin: 'https://one.contoso.net' })?.change
  assert.deepEqual(other?.kind === 'add-rule' && [other.rule.resource, other.rule.mode], [
    '/api',
    'dryRun',
  ])
})

const hopeless = [
  ['calls that were one too many to tell apart', { origin: '(others)', method: '(others)' }],
  ['the origin of any sandbox', { origin: 'null' }],
  ['an application that is gone', { applicationId: 'gone' }],
  ['a segment that is gone', { segmentId: 'gone' }],
] as const
for (const [what, change] of hopeless) {
  test(`nothing is offered for ${what} [D3]`, () => {
    assert.equal(offerRule(sampleParts(), { ...refused, ...change }), undefined)
  })
}
