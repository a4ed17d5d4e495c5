import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../../test/folder.ts'
import type { Log } from '../base/log.ts'
import { silentLog } from '../base/log.ts'
import type { EdgeSettings } from './edge-settings.ts'
import { restartDelayMs, WorkerPool } from './worker-pool.ts'
import { startWorkers } from './workers.ts'

const delays = [
  [1, 0],
  [2, 100],
  [3, 200],
  [10, 25_600],
  [11, 30_000],
  [1_000, 30_000],
] as const
for (const [deaths, delayMs] of delays) {
  test(`a worker that died ${deaths} times in a row is started again after ${delayMs} ms`, () => {
    assert.equal(restartDelayMs(deaths), delayMs)
  })
}

async function settingsIn(t: TestContext): Promise<EdgeSettings> {
  const folder = await temporaryFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  return {
    dataDir: folder.path,
    host: '127.0.0.1',
    port: 0,
    domain: 'contoso.localhost',
    connectorHost: undefined,
    sessionLifetimeSeconds: 3600,
    trustedProxies: [],
  }
}

/** Remembers what is logged as an error; resolves when a message has come. */
function listeningLog() {
  const errors: { readonly fields: object; readonly message: string }[] = []
  const waiting = new Map<string, () => void>()
  const log: Log = {
    ...silentLog,
    error(fields, message) {
      errors.push({ fields, message })
      waiting.get(message)?.()
    },
  }
  const said = (message: string) =>
    new Promise<void>((resolve) => void waiting.set(message, resolve))
  return { log, errors, said }
}

test('a worker whose event loop stands still is noticed, killed and replaced [N3]', async (t) => {
  const settings = await settingsIn(t)
  const { log, errors, said } = listeningLog()
  // On a busy machine a worker that lives answers seconds late, and takes half a minute to start.
  const limits = { pingIntervalMs: 100, unansweredMaxPings: 60, startingMaxPings: 1_000 }
  const pool = new WorkerPool(settings, 2, log, limits)
  await pool.start()
  const [, victim] = workersOf(process.pid)
  const hangs = said('an edge worker hangs and is killed')
  const ended = said('an edge worker ended')
  process.kill(victim as number, 'SIGSTOP')
  await hangs
  await ended
  await pool.stop(0)
  assert.deepEqual(
    errors.map(({ message }) => message),
    ['an edge worker hangs and is killed', 'an edge worker ended'],
  )
  assert.deepEqual(workersOf(process.pid), [])
})

test('a worker that takes too long to start is ended, and whoever waits is told [N3]', async (t) => {
  const settings = await settingsIn(t)
  const { log, errors } = listeningLog()
  const limits = { pingIntervalMs: 1, unansweredMaxPings: 10, startingMaxPings: 1 }
  const pool = new WorkerPool(settings, 2, log, limits)
  await assert.rejects(pool.start(), /a worker ended while it was starting \(SIGKILL\)/)
  assert.deepEqual(
    errors.map(({ message }) => message),
    ['an edge worker hangs and is killed'],
  )
  assert.deepEqual(workersOf(process.pid), [])
})

test('an edge whose first worker cannot start says why, and leaves nothing running', async (t) => {
  const settings = await settingsIn(t)
  await writeFile(join(settings.dataDir, 'keys.json'), 'not keys')
  await assert.rejects(startWorkers(settings, 2, silentLog), /keys\.json is damaged\. Restore it/)
  assert.deepEqual(workersOf(process.pid), [])
})

test('a port of another program is not shared with it', async (t) => {
  const settings = await settingsIn(t)
  const other = createServer().listen({ port: 0, host: '127.0.0.1', reusePort: true })
  t.after(() => other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  await assert.rejects(startWorkers({ ...settings, port }, 2, silentLog), { code: 'EADDRINUSE' })
})

/** The children of a process (proc(5)). */
function workersOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}
