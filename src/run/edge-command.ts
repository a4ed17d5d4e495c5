import { createLog, type Log } from '../base/log.ts'
import { type SignalsAddress, SignalsListener } from '../signals/listener.ts'
import { untilTold } from './child.ts'
import { CommandSignals, type SignalSource } from './command-signals.ts'
import type { RunningEdge } from './edge.ts'
import { leaveWord } from './edge-folder-access.ts'
import type { EdgeFacts, EdgeSettings } from './edge-settings.ts'
import { freeBuffersAtOnce } from './heap.ts'
import { outliveMishaps } from './mishaps.ts'
import { ownOrigins } from './origins.ts'

export interface EdgeCommand extends EdgeSettings {
  /** Processes that share the port; `auto` is one for each core. */
  readonly workers: number | 'auto'
  readonly drainSeconds: number
  readonly json: boolean
  /** Where operators' tools ask for metrics and health; nowhere if unsaid. [D4] */
  readonly signals?: SignalsAddress | undefined
}

/** `sallyport edge`: runs until told to end, then drains. */
export async function runEdge(command: EdgeCommand): Promise<void> {
  const { workers, drainSeconds, json, signals: at, ...settings } = command
  const told = untilTold()
  const log = createLog('edge')
  const signals = new CommandSignals('edge')
  await using listener = at && (await SignalsListener.open(signals, at, log))
  const edge = await start(settings, workers, log)
  signals.serve(edge)
  outliveMishaps(log)
  const { port, morePorts, plainPorts, caPath, graph } = edge
  const { login } = ownOrigins(settings.domain, port, settings.connectorHost)
  await leaveWord(settings.dataDir, edge, login)
  if (json) {
    const facts = { ready: true, port, morePorts, plainPorts, ca: caPath, graph }
    const more = listener && { signals: listener.port }
    process.stdout.write(`${JSON.stringify({ ...facts, ...more })}\n`)
  } else {
    process.stdout.write(`The edge listens on ${settings.host}:${port}.\n`)
    const { portal } = ownOrigins(settings.domain, port, settings.connectorHost)
    process.stdout.write(`Portal: ${portal}/\n`)
    process.stdout.write(`Management API: ${graph}\nCertificate authority: ${caPath}\n`)
    process.stdout.write(`A token for the API: sallyport token --data ${settings.dataDir}\n`)
    await offerSetUp(settings.dataDir, login, log)
  }
  await told
  signals.drain()
  log.info({ seconds: drainSeconds }, 'draining')
  await edge.close(drainSeconds * 1000)
}

/** Whoever starts an edge without an administrator is shown how to become one. */
async function offerSetUp(dataDir: string, login: string, log: Log): Promise<void> {
  const { createSetUpCode, setUpLink } = await import('./set-up-code.ts')
  const code = await createSetUpCode(dataDir, log)
  if (code === undefined) return
  process.stdout.write('There is no administrator yet. Within an hour, open\n')
  process.stdout.write(`  ${setUpLink(login, code)}\n`)
}

type Edge = EdgeFacts & SignalSource & Pick<RunningEdge, 'close'>

/** Whoever only minds the workers does not load the edge's libraries. */
async function start(
  settings: EdgeSettings,
  workers: EdgeCommand['workers'],
  log: Log,
): Promise<Edge> {
  if (workers === 1) {
    freeBuffersAtOnce()
    return (await import('./edge.ts')).startEdge(settings, log)
  }
  return (await import('./workers.ts')).startWorkers(settings, workers, log)
}
