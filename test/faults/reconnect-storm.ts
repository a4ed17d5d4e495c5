// How 2,000 connectors come back to an edge that was killed: `node test/faults/reconnect-storm.ts [connectors] [outage
// in seconds]`. Everything but the edge is in this process. Prints one JSON line, then what the test runner says; exit
// code 1 when R5 is broken, i.e. 99 % are not back within a minute of the edge.
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { runAgent } from '../../src/connector/agent.ts'
import type { LinkReport } from '../../src/connector/agent-options.ts'
import { openDirectory } from '../../src/directory/open.ts'
import type { Serve } from '../../src/tunnel/exchange.ts'
import { temporaryFolder } from '../folder.ts'
import { HttpClient } from '../http-client.ts'
import { type RunningEdge, startEdge } from '../pieces.ts'
import { publish } from '../world.ts'

const backMaxMs = 60_000
const requestEveryMs = 20
const connectors = Number(process.argv[2] ?? 2_000)
const outageMs = Number(process.argv[3] ?? 30) * 1_000

interface Enrolled {
  readonly connectorId: string
  readonly privateKey: string
}

const serve: Serve = (_request, _body, _end, stream) => {
  stream.answer(200, ['content-length', '4'], Buffer.from('here'), true)
  return { onData() {}, onEnd() {}, onError() {} }
}

await using stack = new AsyncDisposableStack()
const folder = join(stack.use(await temporaryFolder()).path, 'edge')
const enrolled = await enrolAll(folder)
let edge = await startEdge(folder)
await publish(edge.graph, 'Anything', {
  externalAuthenticationType: 'passthru',
  externalUrl: edge.external('app'),
  internalUrl: 'http://127.0.0.1:1/',
})
let startedAt = performance.now()
const up = new Map<string, boolean>()
const arrivals: number[] = []
const abort = new AbortController()
const { ca, port } = edge
const agents = enrolled.map(({ connectorId, privateKey }) => {
  const address = `localhost:${port}`
  return runAgent({
    identity: { connectorId, privateKey, caPem: ca, edge: address },
    edges: [address],
    linksPerEdge: 1,
    serve,
    log: silentLog,
    signal: abort.signal,
    drainMs: 0,
    onReport: ({ state }) => note(connectorId, state),
  })
})
await untilUp(1)
const firstMs = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)
const client = stack.use(new HttpClient({ ca }))
const calm = await latencies(edge, 2_000)

edge.command.signal('SIGKILL')
await edge.command.exit
await sleep(outageMs)
arrivals.length = 0
edge = await startEdge(folder, { ports: [port] })
startedAt = performance.now()
await untilUp(0.001)
const during = latencies(edge, 5_000)
const halfMs = await untilUp(0.5)
const mostMs = await untilUp(0.99)
const allMs = await untilUp(1)
const storm = await during
abort.abort()
await Promise.all(agents)
await edge[Symbol.asyncDispose]()

const kept = mostMs <= backMaxMs
const perSecond = arrivals.length / ((Math.max(...arrivals) - Math.min(...arrivals)) / 1_000)
const figures = { connectors, outageMs, firstMs, halfMs, mostMs, allMs, perSecond, calm, storm }
console.log(JSON.stringify({ kept, ...figures }, (_, value) => round(value)))
if (!kept) process.exitCode = 1

/** Straight into the directory of an edge that does not run yet. */
async function enrolAll(where: string): Promise<readonly Enrolled[]> {
  mkdirSync(where, { recursive: true })
  const file = join(where, 'sallyport.sqlite')
  await using directory = await openDirectory({ file, clock: systemClock, log: silentLog })
  const { defaultGroupId } = await directory.state()
  const all: Enrolled[] = []
  for (let i = 0; i < connectors; i++) {
    const change = { author: 'storm', reason: '' }
    const { secret } = await directory.createEnrolmentToken(defaultGroupId, 600, change)
    const keys = generateKeyPairSync('ed25519')
    const publicKey = keys.publicKey.export({ format: 'jwk' }).x as string
    const facts = { machineName: `machine ${i}`, externalIp: '', version: '1', publicKey }
    const result = await directory.enrolConnector(secret, facts)
    if (!('connectorId' in result)) throw new Error(result.refused)
    const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    all.push({ connectorId: result.connectorId, privateKey })
  }
  return all
}

function note(connectorId: string, state: LinkReport['state']): void {
  up.set(connectorId, state === 'up')
  if (state === 'up') arrivals.push(performance.now())
}

/** Resolves when this share of the connectors is connected, to the time since the edge was there. */
async function untilUp(share: number): Promise<number> {
  const wanted = Math.ceil(connectors * share)
  while ([...up.values()].filter((isUp) => isUp).length < wanted) await sleep(10)
  return performance.now() - startedAt
}

async function latencies(target: RunningEdge, durationMs: number) {
  const times: Promise<number>[] = []
  const failures: string[] = []
  const load = setInterval(() => {
    const sentAt = performance.now()
    const answered = client.request(target.external('app')).then(
      ({ status }) => {
        if (status !== 200) failures.push(String(status))
        return performance.now() - sentAt
      },
      (error: unknown) => {
        failures.push(String(error))
        return performance.now() - sentAt
      },
    )
    times.push(answered)
  }, requestEveryMs)
  await sleep(durationMs)
  clearInterval(load)
  const sorted = (await Promise.all(times)).sort((a, b) => a - b)
  const at = (quantile: number): number => sorted[Math.floor((sorted.length - 1) * quantile)] ?? 0
  return { p50Ms: at(0.5), p99Ms: at(0.99), failed: failures.length }
}

function round(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value) : value
}
