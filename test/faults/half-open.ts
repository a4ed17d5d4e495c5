// What happens when the network between edge and a connector swallows every packet and tells nobody, with real network
// namespaces: `node test/faults/half-open.ts`, as root. Prints one JSON line. Exit code 1 when a promise is broken, 2
// when this machine does not let namespaces be made.
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createEnrolmentToken } from '../../src/run/demo-seed.ts'
import { temporaryFolder } from '../folder.ts'
import { HttpClient } from '../http-client.ts'
import { type RunningEdge, startConnector, startEdge, untilConnectors } from '../pieces.ts'
import { RunningCommand } from '../process.ts'
import { createNamespaces, type Namespaces } from './namespaces.ts'

// K3: a dead peer is noticed within 15 s, of which one is not used up by the limit on silence; a busy machine adds its own.
const noticedMaxMs = 20_000
// A connector that can reach its edge again does so within the time of a few attempts.
const backMaxMs = 60_000
const applicationPort = 8_099
const slowRequests = 20
const requestEveryMs = 20

const self = fileURLToPath(import.meta.url)
if (process.argv[2] === 'application') runApplication(process.argv[3] ?? '')
else if (process.argv[2] === 'inside') await runInside(process.argv[3] as string)
else process.exitCode = await runAll()

/** Makes the namespaces and runs the rest where the edge stands. */
async function runAll(): Promise<number> {
  let namespaces: Namespaces
  try {
    namespaces = createNamespaces(`sp${process.pid}`)
  } catch (error) {
    console.error(`no network namespaces here, so nothing was tried: ${String(error)}`)
    return 2
  }
  using held = namespaces
  const inside = within(held.front, self, 'inside', held.back)
  const verdict = inside.line((line) => line.startsWith('{'))
  inside.said('cut').then(() => held.drop(true), ignore)
  inside.said('heal').then(() => held.drop(false), ignore)
  console.log(await verdict)
  return Number(await inside.exit)
}

/** Edge, a near connector and a far one, whose packets are lost for a while. */
async function runInside(back: string): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await temporaryFolder()).path
  const edge = stack.use(await startEdge(join(folder, 'edge'), { host: '0.0.0.0' }))
  for (const [where, application] of [
    ['near', new RunningCommand(process.execPath, [self, 'application', 'near'])],
    ['far', within(back, self, 'application', 'far')],
  ] as const) {
    await stack.use(application).said(`${where} listens`)
  }
  const client = stack.use(new HttpClient({ ca: edge.ca }))
  // Only here, because it brings the test runner along, which has a last word on stdout.
  const { publish } = await import('../world.ts')
  await publish(edge.graph, 'Two places', {
    externalAuthenticationType: 'passthru',
    externalUrl: edge.external('app'),
    internalUrl: `http://127.0.0.1:${applicationPort}/`,
  })
  const near = stack.use(await startConnector(edge, join(folder, 'near')))
  const far = stack.use(await startFar(edge, back, join(folder, 'far')))
  const isBack = (active: readonly string[]): boolean => active.length === 2
  await untilConnectors(edge.graph, isBack)

  const slow = Array.from({ length: slowRequests }, () => timed(client, edge, 'slow'))
  await new Promise((resolve) => setTimeout(resolve, 500))
  console.log('cut')
  const cutAt = performance.now()
  const quick: Promise<Timed>[] = []
  const load = setInterval(() => quick.push(timed(client, edge, 'quick')), requestEveryMs)
  await untilConnectors(
    edge.graph,
    (active) => active.length === 1 && active[0] === near.connectorId,
  )
  const edgeNoticedMs = performance.now() - cutAt
  await far.said('the other end fell silent')
  const connectorNoticedMs = performance.now() - cutAt
  clearInterval(load)
  const [slowDone, quickDone] = [await Promise.all(slow), await Promise.all(quick)]
  console.log('heal')
  const healedAt = performance.now()
  await untilConnectors(edge.graph, isBack)
  report({
    edgeNoticedMs,
    connectorNoticedMs,
    backMs: performance.now() - healedAt,
    slow: summary(slowDone),
    quick: summary(quickDone),
  })
}

interface Timed {
  readonly outcome: string
  readonly tookMs: number
}

interface Findings {
  readonly edgeNoticedMs: number
  readonly connectorNoticedMs: number
  readonly backMs: number
  readonly slow: ReturnType<typeof summary>
  readonly quick: ReturnType<typeof summary>
}

function report(findings: Findings): void {
  const { edgeNoticedMs, connectorNoticedMs, backMs, slow, quick } = findings
  const kept =
    Math.max(edgeNoticedMs, connectorNoticedMs) <= noticedMaxMs &&
    backMs <= backMaxMs &&
    slow.failed + quick.failed === 0
  console.log(JSON.stringify({ kept, ...findings }, (_, value) => round(value)))
  if (!kept) process.exitCode = 1
}

function summary(requests: readonly Timed[]) {
  const times = requests.map(({ tookMs }) => tookMs).sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0
  const failed = requests.filter(({ outcome }) => !/^200 (?:near|far)$/.test(outcome))
  return {
    count: requests.length,
    failed: failed.length,
    firstFailure: failed[0]?.outcome ?? null,
    waitedOverASecond: times.filter((ms) => ms > 1_000).length,
    medianMs: at(0.5),
    maxMs: at(1),
  }
}

async function timed(client: HttpClient, edge: RunningEdge, target: string): Promise<Timed> {
  const startedAt = performance.now()
  const answer = await client.request(edge.external('app') + target).catch((error: unknown) => {
    return { status: 0, text: String(error) }
  })
  return { outcome: `${answer.status} ${answer.text}`, tookMs: performance.now() - startedAt }
}

async function startFar(edge: RunningEdge, back: string, folder: string): Promise<RunningCommand> {
  const token = await createEnrolmentToken(edge.graph)
  const args = ['connector', '--json', '--data', folder, '--token', token]
  const command = within(back, 'src/main.ts', ...args)
  await command.line((line) => line.startsWith('{'))
  return command
}

/** An application in each place: `/slow` takes two seconds in the near one and for ever in the far one. */
function runApplication(place: string): void {
  const server = createServer((request, response) => {
    if (request.url !== '/slow') response.end(place)
    else if (place === 'near') setTimeout(() => response.end(place), 2_000)
  })
  server.listen(applicationPort, '127.0.0.1', () => console.log(`${place} listens`))
}

function within(namespace: string, ...command: readonly string[]): RunningCommand {
  return new RunningCommand('ip', ['netns', 'exec', namespace, process.execPath, ...command])
}

function round(value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value) : value
}

function ignore(): void {}
