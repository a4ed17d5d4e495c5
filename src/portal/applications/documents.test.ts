import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import type { Application, Publishing } from '../api/types.ts'
import { asConfiguration } from '../parts/configuration.ts'
import { publishingChange } from './changes.ts'
import { assignmentsOf, groupPart, rulesPart, segmentsPart } from './documents.ts'

const rule = { id: 'r1', resource: '/', allowedOrigins: [], allowedMethods: [], allowedHeaders: [] }
const segment = { id: 's1', externalUrl: 'https://a.test/', internalUrl: 'http://a/' }
const publishing = {
  segmentsConfiguration: { applicationSegments: [{ ...segment, corsConfigurations: [rule] }] },
  corsConfigurations: [],
} as unknown as Publishing
const wiki = { id: '1', displayName: 'Wiki', onPremisesPublishing: publishing } as Application

const { id: _, ...plainRule } = rule
const plain = { externalUrl: 'https://a.test/', internalUrl: 'http://a/' }

test('a change of publishing is a part of a document, known by id [G6] [G5]', () => {
  const yaml = asConfiguration([publishingChange(wiki, { isInMaintenance: true })], stringify)
  const part = { id: '1', displayName: 'Wiki', onPremisesPublishing: { isInMaintenance: true } }
  assert.deepEqual(parse(yaml), { applications: [part] })
})

test('segments and rules are whole lists there, without ids [G6] [G5]', () => {
  const added = { externalUrl: 'https://b.test/', internalUrl: 'http://b/' }
  const lists = [
    segmentsPart(wiki, (segments) => [...segments, added]),
    rulesPart(wiki, 's1', (rules) => [...rules, plainRule]),
    rulesPart(wiki, undefined, () => [rule]),
  ].map(({ applications: [application] }) => (application as Application).onPremisesPublishing)
  assert.deepEqual(lists, [
    {
      onPremisesApplicationSegments: [
        { ...plain, corsConfigurations: [plainRule] },
        { ...added, corsConfigurations: [] },
      ],
    },
    { onPremisesApplicationSegments: [{ ...plain, corsConfigurations: [plainRule, plainRule] }] },
    { corsConfigurations: [plainRule] },
  ])
})

test('people and groups are called by their names there [G6] [G5]', () => {
  const group = groupPart(wiki, [{ id: 'g', name: 'Berlin', isDefault: false, region: null }], 'g')
  assert.deepEqual(group, {
    applications: [{ id: '1', displayName: 'Wiki', connectorGroup: 'Berlin' }],
  })
  const ann = { displayName: 'Ann', detail: 'ann@contoso.com', type: 'User' }
  const staff = { displayName: 'Staff', detail: '', type: 'Group' }
  assert.deepEqual(assignmentsOf([ann, staff], 'User'), [
    { user: 'ann@contoso.com', role: 'User' },
    { group: 'Staff', role: 'User' },
  ])
})

test('what a document cannot say is named as such [G5]', () => {
  const gone = { method: 'DELETE', path: '/applications/1', summary: 'Deleted Wiki' } as const
  const text = asConfiguration([gone], stringify)
  assert.match(text, /prune/)
  assert.equal(parse(text), null)
})
