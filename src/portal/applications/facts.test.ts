import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Application, Publishing } from '../api/types.ts'
import { kindOf, statusOf } from './facts.ts'
import { applicationSearch } from './search.ts'

function application(publishing: Partial<Publishing> | null): Application {
  const made = { id: 'a', appId: 'b', displayName: 'A', createdDateTime: '', tags: [] }
  return {
    ...made,
    web: { homePageUrl: null },
    onPremisesPublishing: publishing as Publishing | null,
  }
}

const segments = {
  segmentsConfiguration: {
    applicationSegments: [{ externalUrl: 'https://a.test/', internalUrl: 'http://a/' }],
  },
}
const kinds = [
  [null, 'unpublished'],
  [{ externalUrl: 'https://a.test/' }, 'regular'],
  [{ externalUrl: 'https://*.test/' }, 'wildcard'],
  [{ externalUrl: 'https://*.test/', whenNoSegments: 'closed' }, 'complex'],
  [{ externalUrl: 'https://*.test/', ...segments }, 'complex'],
  [{ externalUrl: null, ...segments }, 'complex'],
] as const
for (const [publishing, kind] of kinds) {
  test(`${JSON.stringify(publishing)} is ${kind} [P8] [G5]`, () => {
    assert.equal(kindOf(application(publishing)), kind)
  })
}

test('an application in maintenance or without URLs is neither healthy nor not [P13] [G5]', () => {
  const published = application({ externalUrl: 'https://a.test/' })
  assert.equal(statusOf(published, 'unreachable'), 'unreachable')
  assert.equal(statusOf(published, undefined), 'unknown')
  const shut = application({ externalUrl: 'https://a.test/', isInMaintenance: true })
  assert.equal(statusOf(shut, 'healthy'), 'maintenance')
  assert.equal(statusOf(application(null), undefined), 'off')
})

test('filters in the URL are read strictly: what is no filter is as if it were not there [G5]', () => {
  const search = { q: 7, kind: 'complex', status: 'on fire', sort: '', other: 'x' }
  assert.deepEqual(applicationSearch(search), { q: '7', kind: 'complex' })
})
