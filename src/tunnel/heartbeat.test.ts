import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Heartbeat } from './heartbeat.ts'
import { defaultLimits } from './limits.ts'

const limits = { ...defaultLimits, heartbeatMs: 50, silenceMs: 140 }

/** The heartbeat of a link, and when it gave the peer up. */
function watch(t: TestContext) {
  const dead = Promise.withResolvers<number>()
  const heartbeat = new Heartbeat(limits, {
    ping() {},
    pong() {},
    beat() {},
    dead: () => dead.resolve(performance.now()),
  })
  t.after(() => heartbeat.stop())
  let given = false
  void dead.promise.then(() => {
    given = true
  })
  return { heartbeat, dead: dead.promise, isDead: () => given }
}

/** Nothing runs in this process meanwhile, as when it gets no core. */
function standStill(forMs: number): void {
  const until = performance.now() + forMs
  while (performance.now() < until);
}

for (const [what, stallsMs] of [
  ['once', [400]],
  ['again and again', [90, 90, 90, 90]],
] as const) {
  test(`a process that stood still ${what} gives its peers time to be heard: they may have, too [K3]`, async (t) => {
    const { heartbeat, isDead } = watch(t)
    for (const stallMs of stallsMs) {
      standStill(stallMs)
      await new Promise(setImmediate)
    }
    // An echo takes a fifth of a heartbeat.
    await delay(5)
    assert.equal(isDead(), false)
    heartbeat.heard()
    await delay(limits.heartbeatMs)
    assert.equal(isDead(), false)
  })
}

test('a peer that is dead is given up all the same, the time standing still added [K3]', async (t) => {
  const boundMs = 2 * limits.silenceMs + 100
  // The machine may hold this process up for longer than this test does, but not again and again.
  for (let attempt = 1, afterMs = boundMs; afterMs >= boundMs; attempt++) {
    assert.ok(attempt <= 20, `${afterMs} ms`)
    const { dead } = watch(t)
    const from = performance.now()
    standStill(100)
    afterMs = (await dead) - from
    assert.ok(afterMs >= limits.silenceMs, `${afterMs} ms`)
  }
})
