import { createPrivateKey, type KeyObject } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { asFault, type FaultCode } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import { connectLink, EdgeRefusal } from '../tunnel/connector-end.ts'
import type { ConnectorLink } from '../tunnel/connector-link.ts'
import type { DialOptions } from '../tunnel/dial.ts'
import type { Serve } from '../tunnel/exchange.ts'
import type { RefusalCode } from '../tunnel/handshake.ts'
import { defaultLimits, type TunnelLimits } from '../tunnel/limits.ts'
import { backoffMs, refusedBackoffMs } from './backoff.ts'
import type { ConnectorIdentity } from './enrolment.ts'
import { softwareVersion } from './version.ts'

/** What became of one of the links that an agent keeps. */
export interface LinkReport {
  /** `host:port`. */
  readonly edge: string
  /** 0, 1, … among the links to this edge. */
  readonly link: number
  readonly state: 'up' | 'leaving' | 'lost' | 'refused' | 'unreachable' | 'drained'
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
  /** Two, so that one lost packet does not hold up everything. */
  readonly linksPerEdge?: number
  readonly serve: Serve
  readonly log: Log
  /** Aborting drains every link and ends the agent. [K5] */
  readonly signal: AbortSignal
  readonly drainMs?: number
  readonly machineName?: string
  readonly version?: string
  readonly limits?: Partial<TunnelLimits>
  readonly transport?: DialOptions['transport']
  onReport?(report: LinkReport): void
  /** In [0, 1); tests own it. */
  readonly random?: () => number
}

// A link that lived this long was no accident: the next failure starts at the shortest wait again.
const stableMs = 30_000

/** Refusals that pass only when an administrator does something. */
const lasting: ReadonlySet<RefusalCode> = new Set([
  'unknown-connector',
  'bad-signature',
  'version',
  'revoked',
])

/** Holds `linksPerEdge` links to each edge for ever, until `signal` is aborted. Resolves when all are drained. Never rejects. [K4] */
export async function runAgent(options: AgentOptions): Promise<void> {
  const privateKey = createPrivateKey(options.identity.privateKey)
  const keepers: Promise<void>[] = []
  for (const edge of options.edges) {
    for (let link = 0; link < (options.linksPerEdge ?? 2); link++) {
      keepers.push(new LinkKeeper(options, privateKey, edge, link).run())
    }
  }
  await Promise.all(keepers)
}

/** Keeps one link up. */
class LinkKeeper {
  readonly #options: AgentOptions
  readonly #privateKey: KeyObject
  readonly #edge: string
  readonly #link: number
  /** Every link that is not over: the current one, and those the edge asked us to leave. */
  readonly #live = new Set<ConnectorLink>()
  #failures = 0

  constructor(options: AgentOptions, privateKey: KeyObject, edge: string, link: number) {
    this.#options = options
    this.#privateKey = privateKey
    this.#edge = edge
    this.#link = link
  }

  async run(): Promise<void> {
    const { signal, drainMs = defaultLimits.drainMs } = this.#options
    const drain = (): void => {
      for (const link of this.#live) void link.drain(drainMs)
    }
    signal.addEventListener('abort', drain)
    while (!signal.aborted) await this.#attempt()
    signal.removeEventListener('abort', drain)
    await Promise.all([...this.#live].map((link) => link.closed))
    this.#report('drained', 'every link is closed')
  }

  /** One link from dialling to its end, and the wait before the next one. */
  async #attempt(): Promise<void> {
    const { signal } = this.#options
    let link: ConnectorLink
    try {
      link = await this.#connect()
    } catch (thrown) {
      if (!signal.aborted) await this.#waitAfter(thrown)
      return
    }
    const upAt = performance.now()
    this.#report('up', `connected to ${this.#edge}`)
    await link.draining
    if (signal.aborted) return
    if (performance.now() - upAt >= stableMs) this.#failures = 0
    if (link.end) {
      await this.#waitAfterEnd(link.end.message, link.end.refusal)
      return
    }
    this.#report('leaving', `${this.#edge} asked to be left; connecting anew`)
    // An edge that takes the new link and asks at once to be left again must not make a busy loop.
    await this.#pause(backoffMs(this.#failures++, this.#random()) / 10)
  }

  async #connect(): Promise<ConnectorLink> {
    const { identity, signal, limits, transport } = this.#options
    const link = await connectLink({
      edge: this.#edge,
      caPem: identity.caPem,
      connectorId: identity.connectorId,
      privateKey: this.#privateKey,
      machineName: this.#options.machineName ?? hostname(),
      version: this.#options.version ?? softwareVersion,
      serve: this.#options.serve,
      log: this.#options.log,
      signal,
      ...(limits && { limits }),
      ...(transport && { transport }),
    })
    this.#live.add(link)
    void link.closed.then(() => this.#live.delete(link))
    if (signal.aborted) void link.drain(this.#options.drainMs)
    return link
  }

  async #waitAfter(thrown: unknown): Promise<void> {
    const fault = asFault(thrown)
    if (fault instanceof EdgeRefusal) {
      await this.#waitAfterEnd(fault.message, fault.refusal)
      return
    }
    const state =
      fault.code === ('edge-unreachable' satisfies FaultCode) ? 'unreachable' : 'refused'
    const retryInMs = backoffMs(this.#failures++, this.#random())
    this.#report(state, fault.message, { retryInMs })
    await this.#pause(retryInMs)
  }

  async #waitAfterEnd(message: string, refusal: RefusalCode | undefined): Promise<void> {
    const isLasting = refusal !== undefined && lasting.has(refusal)
    const retryInMs = isLasting
      ? refusedBackoffMs(this.#random())
      : backoffMs(this.#failures++, this.#random())
    this.#report(refusal ? 'refused' : 'lost', message, { retryInMs, ...(refusal && { refusal }) })
    await this.#pause(retryInMs)
  }

  async #pause(delayMs: number): Promise<void> {
    try {
      await sleep(delayMs, undefined, { signal: this.#options.signal })
    } catch {
      // Aborted: the caller looks at the signal next.
    }
  }

  #random(): number {
    return (this.#options.random ?? Math.random)()
  }

  #report(
    state: LinkReport['state'],
    message: string,
    more: Pick<LinkReport, 'refusal' | 'retryInMs'> = {},
  ): void {
    const report: LinkReport = { edge: this.#edge, link: this.#link, state, message, ...more }
    const isGood = state === 'up' || state === 'drained' || state === 'leaving'
    this.#options.log[isGood ? 'info' : 'warn'](report, `link ${state}: ${message}`)
    this.#options.onReport?.(report)
  }
}
