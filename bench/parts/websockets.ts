import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePorts, startListening } from '../commands.ts'
import { residentBytesOf } from '../cpu.ts'
import { type Outcome, rounded } from '../outcome.ts'
import { type Published, type RunningSallyport, startSallyport } from '../sallyport.ts'
import type { Stage } from '../stage.ts'

const wanted = 10_000
// Opened first, so that what any WebSocket needs once does not count for each.
const first = 500
const bursts = 10
// Long enough for what opening left behind to be collected, or for it never to be.
const settleMs = 5_000
// Descriptors of edge and connector besides those of the WebSockets.
const sparedFiles = 500

/** 10,000 WebSockets that say nothing, then a hundredth of them at once. */
export async function measureWebSockets(stage: Stage): Promise<Outcome> {
  const count = Math.min(wanted, openFilesMax() - sparedFiles)
  const folder = join(stage.folder, 'websockets')
  const sallyport = stage.use(await startSallyport(folder))
  const application = await startEcho(stage)
  const published = await sallyport.publish('sockets', `http://127.0.0.1:${application}/`)
  const caFile = join(folder, 'client-ca.pem')
  writeFileSync(caFile, sallyport.ca)
  await using few = await openSockets(published, caFile, first)
  await few.burst(first)
  const before = await rest(sallyport)
  await using many = await openSockets(published, caFile, count)
  const after = await rest(sallyport)
  const each = (side: 'edge' | 'connector') => (after[side] - before[side]) / count / 1024
  const p99 = await burstP99(many, Math.ceil(count / 100))
  const kib = each('edge') + each('connector')
  return {
    ratios: {},
    figures: {
      'websockets-open': count,
      'websocket-memory-kib': rounded(kib),
      'websocket-edge-memory-kib': rounded(each('edge')),
      'websocket-connector-memory-kib': rounded(each('connector')),
      'websocket-burst-p99-ms': rounded(p99),
    },
    table: [
      [`${count} idle WebSockets`, '', ''],
      [
        'memory each',
        `${kib.toFixed(1)} KiB`,
        `edge ${each('edge').toFixed(1)} KiB, connector ${each('connector').toFixed(1)} KiB`,
      ],
      ['p99 of an echo when 1 % speak at once', `${p99.toFixed(1)} ms`, ''],
    ],
  }
}

async function rest({ edge, connector }: RunningSallyport) {
  await delay(settleMs)
  return { edge: residentBytesOf(edge), connector: residentBytesOf(connector) }
}

interface OpenSockets extends AsyncDisposable {
  /** Sends on so many at once; resolves to the milliseconds of each. */
  burst(count: number): Promise<readonly number[]>
}

async function openSockets(
  { url, cookie }: Published,
  caFile: string,
  count: number,
): Promise<OpenSockets> {
  const script = fileURLToPath(new URL('../websocket-client.ts', import.meta.url))
  const child: ChildProcess = fork(script, [url, caFile, cookie, String(count)])
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the client of ${count} WebSockets ended with ${code}`)
  })
  failed.catch(() => {}) // Also what happens in the end.
  await Promise.race([once(child, 'message'), failed])
  return {
    async burst(some) {
      child.send(some)
      const [times] = await Promise.race([once(child, 'message'), failed])
      return times as readonly number[]
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', kill)
      kill()
      await failed.catch(() => {}) // Ended, as told.
    },
  }
}

async function burstP99(sockets: OpenSockets, some: number): Promise<number> {
  const times: number[] = []
  for (let burst = 0; burst < bursts; burst++) times.push(...(await sockets.burst(some)))
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN
}

async function startEcho(stage: Stage): Promise<number> {
  const { port } = await freePorts('port')
  const script = fileURLToPath(new URL('../echo-application.ts', import.meta.url))
  stage.use(await startListening('application', [process.execPath, script, String(port)], port))
  return port
}

function openFilesMax(): number {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)
}
