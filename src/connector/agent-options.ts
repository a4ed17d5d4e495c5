import type { Log } from '../base/log.ts'
import type { WayOut } from '../tunnel/carrier.ts'
import type { Serve } from '../tunnel/exchange.ts'
import type { RefusalCode } from '../tunnel/handshake.ts'
import type { TunnelLimits } from '../tunnel/limits.ts'
import type { ConnectorIdentity } from './enrolment.ts'
import type { Prober } from './prober.ts'

/** What became of one of the links that an agent keeps. */
export interface LinkReport {
  /** `host:port`. */
  readonly edge: string
  /** 0, 1, … among the links to this edge. */
  readonly link: number
  readonly state: 'up' | 'surplus' | 'leaving' | 'lost' | 'refused' | 'unreachable' | 'drained'
  /** A sentence for people. */
  readonly message: string
  /** Set when `refused`. */
  readonly refusal?: RefusalCode
  /** When the next attempt is made; absent when none is. */
  readonly retryInMs?: number
}

export interface AgentOptions {
  readonly identity: ConnectorIdentity
  /** `host:port` of every edge to hold links to. */
  readonly edges: readonly string[]
  /** Two if unsaid; more are held where an edge has more workers. */
  readonly linksPerEdge?: number
  readonly serve: Serve
  /** Told of every link, so that the edge knows what is reached from here. [K4] */
  readonly prober?: Prober
  readonly log: Log
  /** Aborting drains every link and ends the agent. [K5] */
  readonly signal: AbortSignal
  readonly drainMs?: number
  readonly machineName?: string
  readonly version?: string
  readonly limits?: Partial<TunnelLimits>
  readonly wayOut?: WayOut
  onReport?(report: LinkReport): void
  /** In [0, 1); tests own it. */
  readonly random?: () => number
}
