import type { KeyObject } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { asFault, type FaultCode } from '../base/fault.ts'
import { softwareVersion } from '../base/version.ts'
import { connectLink, EdgeRefusal } from '../tunnel/connector-end.ts'
import type { ConnectorLink } from '../tunnel/connector-link.ts'
import type { EdgePlace, RefusalCode } from '../tunnel/handshake.ts'
import { defaultLimits } from '../tunnel/limits.ts'
import type { AgentOptions, LinkReport } from './agent-options.ts'
import { backoffMs, refusedBackoffMs } from './backoff.ts'
import { missedWorkerWaitMs } from './coverage.ts'
import { Farewell } from './farewell.ts'

// A link that lived this long was no accident: the next failure starts at the shortest wait again.
const stableMs = 30_000

/** Refusals that pass only when an administrator does something. */
const lasting: ReadonlySet<RefusalCode> = new Set([
  'unknown-connector',
  'bad-signature',
  'version',
  'revoked',
])

const reportLevels = {
  up: 'info',
  surplus: 'debug',
  leaving: 'info',
  lost: 'warn',
  refused: 'warn',
  unreachable: 'warn',
  drained: 'info',
} as const satisfies Record<LinkReport['state'], 'debug' | 'info' | 'warn'>

/** What a keeper asks about the other links to the same address. */
export interface EdgeLinks {
  /** `host:port`. */
  readonly edge: string
  /** Whether the link of this number is still needed: an edge may come back with fewer workers. */
  needs(link: number): boolean
  /** Whether a link that came up at `place` is to be kept. */
  accepts(place: EdgePlace, keeper: LinkKeeper): boolean
  /** Starts the keepers that are missing: the first links tell how many workers there are. */
  fit(): void
}

/** Keeps one link up. */
export class LinkKeeper {
  readonly #options: AgentOptions
  readonly #privateKey: KeyObject
  readonly #edge: EdgeLinks
  readonly #link: number
  /** Every link that is not over: the current one, and those the edge asked us to leave. */
  readonly #live = new Set<ConnectorLink>()
  #place: EdgePlace | undefined
  #failures = 0
  /** Links in a row that ended at a worker which had one. */
  #misses = 0

  constructor(options: AgentOptions, privateKey: KeyObject, edge: EdgeLinks, link: number) {
    this.#options = options
    this.#privateKey = privateKey
    this.#edge = edge
    this.#link = link
  }

  /** Where the current link leads; undefined while there is none, or the edge asked us to leave it. */
  get place(): EdgePlace | undefined {
    return this.#place
  }

  /** Resolves when the agent was told to end, or the link is not needed any more, and every link is closed. */
  async run(): Promise<void> {
    const { signal, drainMs = defaultLimits.drainMs } = this.#options
    const drain = (): void => {
      for (const link of this.#live) void link.drain(drainMs)
    }
    signal.addEventListener('abort', drain)
    while (!signal.aborted && this.#edge.needs(this.#link)) await this.#attempt()
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
    if (this.#edge.accepts(link.place, this)) await this.#hold(link)
    else await this.#release(link)
  }

  async #hold(link: ConnectorLink): Promise<void> {
    const { signal } = this.#options
    const upAt = performance.now()
    this.#place = link.place
    this.#misses = 0
    const { worker, workers } = link.place
    const which = workers === 1 ? '' : `, worker ${worker + 1} of ${workers}`
    this.#report('up', `connected to ${this.#edge.edge}${which}`)
    this.#edge.fit()
    await link.draining
    this.#place = undefined
    if (signal.aborted) return
    if (performance.now() - upAt >= stableMs) this.#failures = 0
    if (link.end) {
      await this.#waitAfterEnd(link.end.message, link.end.refusal)
      return
    }
    this.#report('leaving', `${this.#edge.edge} asked to be left; connecting anew`)
    // An edge that takes the new link and asks at once to be left again must not make a busy loop.
    await this.#pause(backoffMs(this.#failures++, this.#random()) / 10)
  }

  /** The worker has a link and another one has none. What the edge sent meanwhile is finished. */
  async #release(link: ConnectorLink): Promise<void> {
    void link.drain(this.#options.drainMs)
    const { workers } = link.place
    const retryInMs =
      missedWorkerWaitMs(++this.#misses, workers, this.#random()) ??
      backoffMs(this.#failures++, this.#random())
    this.#report('surplus', 'this worker has a link, others have none', { retryInMs })
    await this.#pause(retryInMs)
  }

  async #connect(): Promise<ConnectorLink> {
    const farewell = new Farewell(this.#options.serve, () => this.#random())
    const { identity, signal, limits, wayOut } = this.#options
    const link = await connectLink({
      edge: this.#edge.edge,
      caPem: identity.caPem,
      connectorId: identity.connectorId,
      privateKey: this.#privateKey,
      machineName: this.#options.machineName ?? hostname(),
      version: this.#options.version ?? softwareVersion,
      serve: farewell.serve,
      log: this.#options.log,
      signal,
      ...(limits && { limits }),
      ...(wayOut && { wayOut }),
    })
    this.#live.add(link)
    this.#options.prober?.watch(link)
    void link.draining.then((leftMs) => farewell.begin(leftMs))
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
    const report: LinkReport = { edge: this.#edge.edge, link: this.#link, state, message, ...more }
    this.#options.log[reportLevels[state]](report, `link ${state}`)
    this.#options.onReport?.(report)
  }
}
