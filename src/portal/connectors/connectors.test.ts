import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connector } from '../api/types.ts'
import { drainChange, stateOf } from './connectors.ts'

const connector: Connector = {
  id: 'c',
  machineName: 'rack-1',
  externalIp: '192.0.2.1',
  status: 'active',
  version: '1',
  isDrained: false,
  connectorGroupId: 'g',
  createdDateTime: '2026-11-22T08:00:00Z',
  lastSeenDateTime: '2026-11-22T08:00:00Z',
}

const states: readonly (readonly [string, Partial<Connector>])[] = [
  ['connected', {}],
  ['drained', { isDrained: true, status: 'inactive' }],
  ['away', { status: 'inactive' }],
  ['never', { status: 'inactive', lastSeenDateTime: null }],
]
for (const [state, part] of states) {
  test(`stateOf() tells ${state} from the others [K4]`, () => {
    assert.equal(stateOf({ ...connector, ...part }), state)
  })
}

test('drainChange() takes a connector out, and one that is out back in [K5]', () => {
  assert.match(drainChange(connector).path, /\/c\/drain$/)
  assert.match(drainChange({ ...connector, isDrained: true }).path, /\/c\/resume$/)
})
