import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackendPools } from './backend-pool.ts'

const minuteMs = 60_000

test('an origin has one pool for each way to check certificates', async (t) => {
  const pools = new BackendPools({})
  t.after(() => pools.close())
  const checked = pools.obtain('https://a.test', true)
  assert.equal(pools.obtain('https://a.test', true), checked)
  assert.notEqual(pools.obtain('https://a.test', false), checked)
  assert.notEqual(pools.obtain('https://a.test:8443', true), checked)
  assert.equal(pools.size, 3)
})

test('a pool that was not used for five minutes is closed, one in use never', async (t) => {
  const pools = new BackendPools({})
  t.after(() => pools.close())
  const idle = pools.obtain('http://idle.test', true)
  const busy = pools.obtain('http://busy.test', true)
  busy.active = 1
  pools.closeIdle(Date.now() + 4 * minuteMs)
  assert.equal(pools.size, 2)
  pools.closeIdle(Date.now() + 6 * minuteMs)
  assert.equal(pools.size, 1)
  assert.ok(idle.pool.closed)
  assert.ok(!busy.pool.closed)
})

test('beyond the limit the pool idle longest makes room; with all in use there is none', async (t) => {
  const pools = new BackendPools({ maxPools: 3 })
  t.after(() => pools.close())
  const [a, b, c] = ['a', 'b', 'c'].map((name, i) => {
    const backend = pools.obtain(`http://${name}.test`, true)
    backend.lastUsedMs = 1_000 - i
    return backend
  })
  assert.ok(a && b && c)
  c.active = 1
  pools.obtain('http://d.test', true).active = 1
  assert.deepEqual([a.pool.closed, b.pool.closed, c.pool.closed], [false, true, false])
  pools.obtain('http://e.test', true).active = 1
  assert.ok(a.pool.closed)
  assert.throws(() => pools.obtain('http://f.test', true), { code: 'overloaded' })
})

test('an origin that is none is a fault', async (t) => {
  const pools = new BackendPools({})
  t.after(() => pools.close())
  for (const origin of ['', 'app.test', 'ftp://app.test', 'http://']) {
    assert.throws(() => pools.obtain(origin, true), { code: 'malformed-request' })
  }
})
