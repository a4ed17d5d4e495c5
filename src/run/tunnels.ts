import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import type { LocalCa } from '../edge/local-ca.ts'
import type { LinkHub, Links } from '../tunnel/edge-end.ts'
import type { TunnelLimits } from '../tunnel/limits.ts'
import { createHub } from './hub.ts'
import { Peers } from './peers.ts'
import type { WorkerChannel } from './worker-channel.ts'

/** Every way from this process to connectors. */
export interface Tunnels extends AsyncDisposable {
  readonly hub: LinkHub
  readonly links: Links
  /** Takes over who belongs where, and what is to be reached from there. */
  readonly regroup: LinkHub['regroup']
}

export interface TunnelParts {
  readonly dataDir: string
  readonly directory: Directory
  readonly ca: LocalCa
  readonly channel: WorkerChannel | undefined
  readonly limits: TunnelLimits
  readonly log: Log
}

/** The hub, and the other workers' ones if there are any. Rejects with the system's error. */
export async function openTunnels(parts: TunnelParts): Promise<Tunnels> {
  const { dataDir, directory, ca, channel, limits, log } = parts
  const hub = createHub(directory, ca, limits, log, channel)
  const peers = channel && (await Peers.open({ dataDir, channel, hub, log }))
  return {
    hub,
    links: peers?.links ?? hub,
    regroup(groupOf, details) {
      hub.regroup(groupOf, details)
      peers?.regroup(groupOf)
    },
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await peers?.[Symbol.asyncDispose]()
    },
  }
}
