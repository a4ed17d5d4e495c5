import assert from 'node:assert/strict'
import { test } from 'node:test'
import { myApps, publishBuiltIn } from '../publishing/built-in.ts'
import { ownApps } from './own-apps.ts'

const made = publishBuiltIn(myApps, 'https://wiki.contoso.net')
const wiki = { ...made, id: 'wiki', displayName: 'Wiki', homePageUrl: undefined }
const { publishing } = wiki
assert.ok(publishing)
const segment = {
  ...{ id: 's', externalUrl: 'https://first.contoso.net/', internalUrl: 'http://first.test/' },
  ...{ alternateUrl: undefined, corsRules: [], responseHeaders: [] },
}
const starred = { ...publishing, externalUrl: 'https://*.contoso.net/' }

const cases = [
  ['an assigned application', {}, ['https://wiki.contoso.net/']],
  [
    'its home page',
    { homePageUrl: 'https://wiki.contoso.net/start' },
    ['https://wiki.contoso.net/start'],
  ],
  [
    'no script in the place of a home page',
    { homePageUrl: 'javascript:alert(1)' },
    ['https://wiki.contoso.net/'],
  ],
  ['nothing that is hidden', { tags: ['HideApp'] }, []],
  ['nothing that is not published', { publishing: undefined }, []],
  ['nothing that is switched off', { registration: { ...wiki.registration, enabled: false } }, []],
  ['nothing that is assigned to others', { id: 'other' }, []],
  ['no star without segments', { publishing: starred }, []],
  [
    'the first segment behind a star',
    { publishing: { ...starred, segments: [segment] } },
    ['https://first.contoso.net/'],
  ],
] as const
for (const [what, change, urls] of cases) {
  test(`My Apps shows ${what} [G5]`, () => {
    const state = stateWith({ ...wiki, ...change })
    const found = ownApps(state, 'ann', '', () => true)
    assert.deepEqual(
      found.map(({ url }) => url),
      urls,
    )
  })
}

test('My Apps says what is closed, and finds by part of a name, in the order of names [G5]', () => {
  const closed = {
    ...wiki,
    displayName: 'Archive',
    publishing: { ...publishing, maintenance: true },
  }
  const state = stateWith(wiki, closed)
  const found = ownApps(state, 'ann', '', (groupId) => groupId !== 'default')
  assert.deepEqual(
    found.map(({ displayName, trouble }) => [displayName, trouble]),
    [
      ['Archive', 'maintenance'],
      ['Wiki', 'no-connector'],
    ],
  )
  assert.equal(ownApps(state, 'ann', ' ARCH ', () => true).length, 1)
  assert.equal(ownApps(state, 'ann', 'nothing', () => true).length, 0)
})

function stateWith(
  ...applications: readonly Parameters<typeof ownApps>[0]['applications'][number][]
) {
  return {
    applications,
    access: { assigned: new Map([['wiki', new Set(['ann'])]]), openToAll: new Set<string>() },
    defaultGroupId: 'default',
  }
}
