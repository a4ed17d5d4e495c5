import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { getCACertificates } from 'node:tls'
import { failed } from '../base/check.ts'
import { Fault } from '../base/fault.ts'
import { createLog } from '../base/log.ts'
import { runAgent } from '../connector/agent.ts'
import { type AllowList, parseAllowList } from '../connector/allow-list.ts'
import { BackendTraces } from '../connector/backend-traces.ts'
import {
  type ConnectorIdentity,
  enrol,
  loadIdentity,
  saveIdentity,
} from '../connector/enrolment.ts'
import { createForwarder } from '../connector/forward.ts'
import { ForwardMetrics } from '../connector/forward-metrics.ts'
import type { Forwarded } from '../connector/forwarding.ts'
import { createProbe } from '../connector/probe.ts'
import { Prober } from '../connector/prober.ts'
import { parseProxy, readProxyEnvironment } from '../connector/proxy.ts'
import { createWayOut, type Transport } from '../connector/way-out.ts'
import { type SignalsAddress, SignalsListener } from '../signals/listener.ts'
import { SpanExport, type SpanExportSettings } from '../signals/span-export.ts'
import { parseEdgeAddress, type WayOut } from '../tunnel/carrier.ts'
import { untilTold } from './child.ts'
import { CommandSignals } from './command-signals.ts'
import { ConnectorSignals } from './connector-signals.ts'
import { outliveMishaps } from './mishaps.ts'

/** How one connector is run; the command line fills it in. */
export interface ConnectorCommand {
  readonly dataDir: string
  /** The one-time token; only the first start needs it. [K1] */
  readonly token: string | undefined
  /** `host:port` of the edges to serve; the one it enrolled with when undefined. */
  readonly edges: readonly string[] | undefined
  readonly linksPerEdge: number
  /** URL of an HTTP proxy; the environment's when undefined. [K2] */
  readonly proxy: string | undefined
  readonly transport: Transport
  /** Files with certificate authorities of the applications, and of a proxy reached by https. [F6] */
  readonly caFiles: readonly string[]
  /** The only destinations this connector may call. [K6] */
  readonly allow: readonly string[] | undefined
  /** Where operators' tools ask for metrics and health; nowhere if unsaid. [D4] */
  readonly signals?: SignalsAddress | undefined
  /** Where spans go; nowhere if unsaid. */
  readonly traces?: SpanExportSettings | undefined
  readonly drainSeconds: number
  readonly json: boolean
}

/** `sallyport connector`: enrols when it has no key yet, then serves until told to end, then drains. */
export async function runConnector(command: ConnectorCommand): Promise<void> {
  const told = untilTold()
  const log = createLog('connector')
  const signals = new CommandSignals('connector')
  const at = command.signals
  await using listener = at && (await SignalsListener.open(signals, at, log))
  const allow = readAllowList(command.allow)
  const named = readEdges(command.edges)
  const ca = await Promise.all(command.caFiles.map((file) => readFile(file, 'utf8')))
  const wayOut = readWayOut(command, ca)
  const identity = await obtainIdentity(command, wayOut)
  const edges = named ?? [identity.edge]
  const counted = new ForwardMetrics()
  const { traces } = command
  const spans = traces && (await SpanExport.open('connector', traces, log))
  const traced = spans && new BackendTraces(identity.connectorId)
  const onOver = (forwarded: Forwarded) => {
    counted.count(forwarded)
    const span = traced?.spanOf(forwarded)
    if (span) spans?.add(span)
  }
  const forwarder = createForwarder({
    ...{ ca, allow, log },
    enter: traced && ((request) => traced.enter(request)),
    onOver: at || traced ? onOver : undefined,
  })
  using prober = new Prober({ probe: createProbe(ca, allow) })
  const source = new ConnectorSignals(edges, counted, prober)
  signals.serve(source)
  const stopping = new AbortController()
  const agent = runAgent({
    identity,
    edges,
    linksPerEdge: command.linksPerEdge,
    wayOut,
    serve: forwarder.serve,
    prober,
    signal: stopping.signal,
    drainMs: command.drainSeconds * 1000,
    onReport: (report) => source.note(report),
    log,
  })
  const { connectorId } = identity
  const facts = { ready: true, connectorId, edges, ...(listener && { signals: listener.port }) }
  if (command.json) process.stdout.write(`${JSON.stringify(facts)}\n`)
  else process.stdout.write(`Connector ${connectorId} serves ${edges.join(', ')}.\n`)
  outliveMishaps(log)
  await told
  signals.drain()
  log.info({ seconds: command.drainSeconds }, 'draining')
  stopping.abort()
  await agent
  forwarder.close()
  await spans?.close()
}

/** The kept identity, else a new one for the token. Throws when there is neither. */
async function obtainIdentity(
  command: ConnectorCommand,
  wayOut: WayOut,
): Promise<ConnectorIdentity> {
  const kept = await loadIdentity(command.dataDir)
  if (kept) return kept
  if (command.token === undefined) {
    throw new Fault(
      'invalid',
      `${command.dataDir} holds no connector yet. Give --token with an enrolment token.`,
    )
  }
  const identity = await enrol(command.token, { machineName: hostname(), wayOut })
  await saveIdentity(command.dataDir, identity)
  return identity
}

function readEdges(addresses: readonly string[] | undefined): readonly string[] | undefined {
  const issues = (addresses ?? []).flatMap((address) => {
    const parsed = parseEdgeAddress(address)
    return failed(parsed) ? parsed.issues : []
  })
  if (issues.length === 0) return addresses
  throw new Fault('invalid', issues.map((issue) => issue.message).join('\n  '))
}

/** An explicit proxy counts for every edge, one of the environment for those that NO_PROXY does not name. */
function readWayOut({ proxy, transport }: ConnectorCommand, ca: readonly string[]): WayOut {
  const environment = readProxyEnvironment(process.env)
  const written = proxy ?? environment.httpsProxy
  const proxyCa = ca.length > 0 ? [...getCACertificates('default'), ...ca] : undefined
  const common = { transport, proxyCa }
  if (written === undefined) return createWayOut(common)
  const parsed = parseProxy(written)
  if (failed(parsed)) {
    throw new Fault('invalid', parsed.issues.map((issue) => issue.message).join('\n  '))
  }
  const noProxy = proxy === undefined ? environment.noProxy : undefined
  return createWayOut({ ...common, proxy: parsed.value, noProxy })
}

function readAllowList(entries: readonly string[] | undefined): AllowList | undefined {
  if (!entries) return undefined
  const parsed = parseAllowList(entries)
  if (!failed(parsed)) return parsed.value
  throw new Fault('invalid', parsed.issues.map((issue) => issue.message).join('\n  '))
}
