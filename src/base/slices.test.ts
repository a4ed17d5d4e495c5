import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doInSlices } from './slices.ts'

test('long work lets others go on between its slices, and is done in order', async () => {
  const log: string[] = []
  const other = () => log.push('other')
  await doInSlices(
    [1, 2, 3],
    (item) => {
      log.push(String(item))
      setImmediate(other)
    },
    0,
  )
  assert.deepEqual(log, ['1', 'other', '2', 'other', '3', 'other'])
})

test('short work is done at once', async () => {
  const done: number[] = []
  const working = doInSlices([1, 2, 3], (item) => done.push(item), Number.POSITIVE_INFINITY)
  assert.deepEqual(done, [1, 2, 3])
  await working
})

test('what fails in a slice fails the whole', async () => {
  const fail = () => {
    throw new Error('broken')
  }
  await assert.rejects(doInSlices([1], fail), /broken/)
})
