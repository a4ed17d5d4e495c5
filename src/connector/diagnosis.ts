import { createPrivateKey } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { failed as isFailed } from '../base/check.ts'
import { silentLog } from '../base/log.ts'
import { softwareVersion } from '../base/version.ts'
import { formatAddress, parseEdgeAddress } from '../tunnel/carrier.ts'
import { connectLink, EdgeRefusal } from '../tunnel/connector-end.ts'
import type { ConnectorLink } from '../tunnel/connector-link.ts'
import type { ProbeTarget } from '../tunnel/health.ts'
import type { AllowList } from './allow-list.ts'
import { check, failed, passed, type Tell, warned } from './check-teller.ts'
import type { Pinned } from './edge-certificate.ts'
import { examineEdge } from './edge-diagnosis.ts'
import type { ConnectorIdentity } from './enrolment.ts'
import { createForwarder } from './forward.ts'
import { examineOrigin } from './origin-diagnosis.ts'
import { createWayOut, type WayOutOptions } from './way-out.ts'

/** Everything a connector would be started with, as far as there is any. */
export interface Diagnosis {
  /** With the folder that it comes from. */
  readonly identity: (ConnectorIdentity & { readonly folder: string }) | undefined
  readonly pinned: Pinned
  /** `host:port` of each edge. */
  readonly edges: readonly string[]
  readonly way: WayOutOptions
  /** Who named the proxy, such as HTTPS_PROXY. */
  readonly proxyFrom?: string
  readonly ca: readonly string[]
  readonly allow: AllowList | undefined
  /** Internal origins to look at beside those that the edge asks for. */
  readonly origins: readonly string[]
  readonly tell: Tell
  readonly signal: AbortSignal
  /** How long one step may take; 8 s if unsaid. */
  readonly stepTimeoutMs?: number
  /** How long the edge may take to say what it wants reached; 2 s if unsaid. */
  readonly targetsWaitMs?: number
}

/** Looks at everything between this machine and its edges and applications, and tells each thing as it is found. Changes nothing. */
export async function diagnose(diagnosis: Diagnosis): Promise<void> {
  const { identity, edges, tell, signal } = diagnosis
  await examineIdentity(diagnosis)
  const targets = new Map<string, ProbeTarget>()
  for (const origin of diagnosis.origins) targets.set(origin, { origin, verifyCertificate: true })
  for (const edge of edges) {
    signal.throwIfAborted()
    const address = parseEdgeAddress(edge)
    if (isFailed(address)) {
      tell({ id: 'edge-name', subject: edge, ...failed(`${edge} is not written host:port`) })
      continue
    }
    await examineEdge({ ...diagnosis, address: address.value })
    const found = identity ? await examineTunnel(diagnosis, identity, edge) : skipTunnel(tell, edge)
    for (const target of found) targets.set(target.origin, target)
  }
  if (targets.size === 0) {
    const message = identity
      ? 'no application wants anything from this connector'
      : 'say which with --origin'
    tell({ id: 'origins', subject: 'applications', verdict: 'skipped', message })
  }
  for (const target of targets.values()) {
    signal.throwIfAborted()
    await examineOrigin({ ...diagnosis, target })
  }
}

async function examineIdentity({ identity, tell }: Diagnosis): Promise<void> {
  if (!identity) {
    const message =
      'no data folder with a connector in it: its own key and authority cannot be looked at'
    tell({
      id: 'identity',
      subject: 'connector',
      verdict: 'skipped',
      message,
      fix: 'Say --data with the connector’s folder.',
    })
    return
  }
  const { folder, connectorId } = identity
  await check(tell, { id: 'identity', subject: folder }, async () => {
    const { mode } = await stat(join(folder, 'connector.json'))
    // Windows has no such bits.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const message = `others on this machine can read the key of connector ${connectorId}`
      return { told: warned(message, `chmod 600 ${join(folder, 'connector.json')}`) }
    }
    return { told: passed(`connector ${connectorId}, enrolled with ${identity.edge}`) }
  })
}

function skipTunnel(tell: Tell, edge: string): readonly ProbeTarget[] {
  const message = 'a tunnel needs the key in the connector’s folder'
  tell({ id: 'edge-tunnel', subject: edge, verdict: 'skipped', message })
  return []
}

/** As many as a connector holds to each edge if nothing else is said. */
const linkCount = 2
/** The edge says at once what it wants to be probed; a slow network has this long. */
const defaultTargetsWaitMs = 2_000
const drainMs = 2_000

const refusalFixes: Readonly<Record<string, string>> = {
  'unknown-connector':
    'It was deleted at the edge: enrol anew with an empty folder and a new token.',
  revoked: 'It was deleted at the edge: enrol anew with an empty folder and a new token.',
  'bad-signature': 'The folder is not the one that was enrolled: restore it, or enrol anew.',
  version: 'Install the same release as the edge’s.',
  'too-many-links': 'The same folder runs on another machine, too: each needs its own.',
}

/** Real links, as the connector makes them; what is asked of it meanwhile is served. Resolves to what the edge wants reached. */
async function examineTunnel(
  diagnosis: Diagnosis,
  identity: ConnectorIdentity,
  edge: string,
): Promise<readonly ProbeTarget[]> {
  const { way, ca, allow, tell, signal } = diagnosis
  const forwarder = createForwarder({ ca, allow, log: silentLog })
  const links: ConnectorLink[] = []
  let carrier = 'direct'
  const out = createWayOut(way)
  const wayOut = {
    ...out,
    worked: (...[address, used]: Parameters<typeof out.worked>) => {
      carrier = used.name
      out.worked(address, used)
    },
  }
  const open = async () => {
    const link = await connectLink({
      ...{ edge, caPem: identity.caPem, connectorId: identity.connectorId },
      privateKey: createPrivateKey(identity.privateKey),
      ...{ machineName: hostname(), version: softwareVersion },
      ...{ serve: forwarder.serve, log: silentLog, signal, wayOut },
    })
    links.push(link)
    return link
  }
  try {
    const first = await check(
      tell,
      { id: 'edge-tunnel', subject: edge },
      async () => {
        const link = await open()
        const how = carrier === 'websocket' ? ' inside a WebSocket' : ''
        return {
          told: passed(`the edge knows this connector, and a tunnel stands${how}`),
          value: link,
        }
      },
      (reason, thrown) =>
        failed(reason, thrown instanceof EdgeRefusal ? refusalFixes[thrown.refusal] : undefined),
    )
    if (!first) return []
    const targets = awaitTargets(first, diagnosis.targetsWaitMs ?? defaultTargetsWaitMs)
    await check(tell, { id: 'edge-links', subject: edge }, async () => {
      while (links.length < linkCount) await open()
      const { worker, workers } = first.place
      const which = workers === 1 ? '' : `, the first one to worker ${worker + 1} of ${workers}`
      return { told: passed(`${links.length} links are up${which}`) }
    })
    return await targets
  } finally {
    await Promise.all(links.map((link) => link.drain(drainMs)))
    forwarder.close()
  }
}

async function awaitTargets(link: ConnectorLink, waitMs: number): Promise<readonly ProbeTarget[]> {
  if (link.targets.length > 0) return link.targets
  const told = new Promise<void>((resolve) => {
    link.onTargets = () => resolve()
  })
  await Promise.race([told, sleep(waitMs, undefined, { ref: false })])
  return link.targets
}

/** The edges that a connector would dial: those named, else the one that it enrolled with. */
export function edgesOf(named: readonly string[], enrolled: string | undefined): readonly string[] {
  const edges = named.length > 0 ? named : enrolled === undefined ? [] : [enrolled]
  return edges.map((edge) => {
    const parsed = parseEdgeAddress(edge)
    return isFailed(parsed) ? edge : formatAddress(parsed.value)
  })
}
