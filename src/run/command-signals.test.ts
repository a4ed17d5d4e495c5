import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../base/fault.ts'
import { writeExposition } from '../signals/exposition.ts'
import { CommandSignals } from './command-signals.ts'
import { askDirectory } from './edge-readiness.ts'

test('an edge is ready once it serves, until it drains [D4]', async () => {
  const signals = new CommandSignals('edge')
  assert.deepEqual(await signals.readiness(), { ready: false, reasons: ['the edge is starting'] })
  assert.match(writeExposition(await signals.metrics()), /sallyport_build_info\{component="edge"/)
  signals.serve({ measure: () => [], readiness: async () => ({ ready: true }) })
  assert.deepEqual(await signals.readiness(), { ready: true })
  signals.drain()
  assert.deepEqual(await signals.readiness(), { ready: false, reasons: ['the edge is draining'] })
})

test('an edge whose directory fails or is silent is not ready, and says why within a second [D4]', async () => {
  const failing = async () => {
    throw new Fault('storage-failed', 'gone')
  }
  const failed = await askDirectory({ vitals: failing })
  assert.deepEqual(failed, { ready: false, reasons: ['the directory fails: storage-failed'] })
  const silent = await askDirectory({ vitals: () => new Promise(() => {}) })
  assert.deepEqual(silent, { ready: false, reasons: ['the directory does not answer'] })
  const good = await askDirectory({ vitals: async () => ({ sessions: 1 }) })
  assert.deepEqual(good, { ready: true })
})
