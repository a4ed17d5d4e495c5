import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backends } from './backends.ts'

const minuteMs = 60_000

function at(origin: string, verifyCertificate = true) {
  return { origin, verifyCertificate }
}

test('an origin is one backend for each way to check certificates and each protocol', (t) => {
  const backends = new Backends({})
  t.after(() => backends.close())
  const checked = backends.obtain(at('https://a.test'))
  assert.equal(backends.obtain(at('https://a.test')), checked)
  assert.notEqual(backends.obtain(at('https://a.test', false)), checked)
  assert.notEqual(backends.obtain({ ...at('https://a.test'), http2: true }), checked)
  assert.notEqual(backends.obtain(at('https://a.test:8443')), checked)
  assert.equal(backends.size, 4)
})

test('a backend that was not used for five minutes is forgotten, one in use never', (t) => {
  const backends = new Backends({})
  t.after(() => backends.close())
  const idle = backends.obtain(at('http://idle.test'))
  const busy = backends.obtain(at('http://busy.test'))
  busy.active = 1
  backends.closeIdle(Date.now() + 4 * minuteMs)
  assert.equal(backends.size, 2)
  backends.closeIdle(Date.now() + 6 * minuteMs)
  assert.equal(backends.size, 1)
  assert.equal(backends.obtain(at('http://busy.test')), busy)
  assert.notEqual(backends.obtain(at('http://idle.test')), idle)
})

test('beyond the limit the backend idle longest makes room; with all in use there is none', (t) => {
  const backends = new Backends({ maxBackends: 3 })
  t.after(() => backends.close())
  const [a, b, c] = ['a', 'b', 'c'].map((name, i) => {
    const backend = backends.obtain(at(`http://${name}.test`))
    backend.lastUsedMs = 1_000 - i
    return backend
  })
  assert.ok(a && b && c)
  c.active = 1
  backends.obtain(at('http://d.test')).active = 1
  assert.equal(backends.obtain(at('http://a.test')), a)
  backends.obtain(at('http://e.test')).active = 1
  assert.equal(backends.size, 3)
  assert.throws(() => backends.obtain(at('http://f.test')), { code: 'overloaded' })
})

test('an origin that is none is a fault', (t) => {
  const backends = new Backends({})
  t.after(() => backends.close())
  for (const origin of ['', 'app.test', 'ftp://app.test', 'http://']) {
    assert.throws(() => backends.obtain(at(origin)), { code: 'malformed-request' })
  }
})

test('a backend in trouble is not asked twice without end [R15]', (t) => {
  const backends = new Backends({})
  t.after(() => backends.close())
  const backend = backends.obtain(at('http://a.test'))
  let repeats = 0
  while (backend.takeRepeat()) repeats++
  assert.equal(repeats, 32)
})
