import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../base/fault.ts'
import type { RequestDesk } from './request-desk.ts'
import { noRequests, openTestApi } from './test-api.ts'

/** Counts who listens. */
function countingDesk(list: RequestDesk['list'] = noRequests.list) {
  let readers = 0
  const watch = () => {
    readers++
    return { stop: () => void readers-- }
  }
  return { desk: { ...noRequests, list, watch }, readers: () => readers }
}

test('whoever only asks for the head of what lasts does not go on listening [R7]', async () => {
  const { desk, readers } = countingDesk()
  await using api = await openTestApi(Date.now, { requests: desk })
  const { status } = await api.call('HEAD', '/beta/requests/live')
  assert.equal(status, 200)
  assert.equal(readers(), 0)
})

test('whoever is told of a failure does not go on listening [R7]', async () => {
  const { desk, readers } = countingDesk(async () => {
    throw new Fault('overloaded', 'not now')
  })
  await using api = await openTestApi(Date.now, { requests: desk })
  const headers = { 'last-event-id': '1.00000000-0000-4000-8000-000000000000' }
  const { status } = await api.call('GET', '/beta/requests/live', undefined, headers)
  assert.ok(status >= 500)
  assert.equal(readers(), 0)
})
