import type { ResetCode } from '../tunnel/exchange.ts'
import { type OriginHealth, type ProbeTarget, probeTargetsMax } from '../tunnel/health.ts'
import type { Probe } from './probe.ts'

/** What a prober needs of a link. */
export interface ProbedLink {
  readonly targets: readonly ProbeTarget[]
  onTargets: ((targets: readonly ProbeTarget[]) => void) | undefined
  /** Told of a request that did not reach its origin. */
  onUnreached: ((origin: string) => void) | undefined
  readonly closed: Promise<unknown>
  reportHealth(health: readonly OriginHealth[]): void
}

export interface ProberOptions {
  readonly probe: Probe
  /** In [0, 1). */
  readonly random?: () => number
}

/** Between two probes of an origin that is reached, a fifth more or less. */
const intervalMs = 30_000
const jitter = 0.2

/** After a failure the next probe is soon, because most are restarts; then ever later. */
const retryBaseMs = 5_000
const retryCapMs = 120_000

/** New origins are spread over so much time each, and over a few seconds in all. */
const firstSpreadMs = 20
const firstSpreadMaxMs = 5_000

/** At once; more wait, so that a thousand origins are no burst of a thousand connections. */
const probesMax = 16
const crowdedWaitMs = 100

/** A request that failed asks for a probe at once, but not each of a hundred of them. */
const recheckMinMs = 1_000

interface Watched {
  target: ProbeTarget
  health: OriginHealth | undefined
  failures: number
  running: boolean
  probedAt: number
  timer: NodeJS.Timeout | undefined
}

/** Probes the origins that edges want to know about, each once however many ask, and tells those who asked. [K4] */
export class Prober implements Disposable {
  readonly #probe: Probe
  readonly #random: () => number
  readonly #links = new Map<ProbedLink, ReadonlySet<string>>()
  readonly #watched = new Map<string, Watched>()
  readonly #news = new Set<string>()
  #running = 0
  #disposed = false

  constructor({ probe, random = Math.random }: ProberOptions) {
    this.#probe = probe
    this.#random = random
  }

  /** From now until the link is over. */
  watch(link: ProbedLink): void {
    this.#retarget(link)
    link.onTargets = () => this.#retarget(link)
    link.onUnreached = (origin) => this.#recheck(origin)
    void link.closed.then(() => {
      this.#links.delete(link)
      this.#rebuild()
    })
  }

  /** What the last probes of all that is watched came to. */
  get health(): readonly OriginHealth[] {
    return [...this.#watched.values()].flatMap(({ health }) => health ?? [])
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    for (const { timer } of this.#watched.values()) clearTimeout(timer)
    this.#watched.clear()
  }

  #retarget(link: ProbedLink): void {
    this.#links.set(link, new Set(link.targets.map(({ origin }) => origin)))
    this.#rebuild()
    const known = link.targets.flatMap(({ origin }) => this.#watched.get(origin)?.health ?? [])
    if (known.length > 0) link.reportHealth(known)
  }

  /** What is wanted by any link; where one of them can do without the certificate it is not looked at. */
  #rebuild(): void {
    if (this.#disposed) return
    const wanted = new Map<string, ProbeTarget>()
    for (const link of this.#links.keys()) {
      for (const target of link.targets) {
        if (wanted.get(target.origin)?.verifyCertificate === false) continue
        if (wanted.size < probeTargetsMax || wanted.has(target.origin)) {
          wanted.set(target.origin, target)
        }
      }
    }
    for (const [origin, { timer }] of this.#watched) {
      if (wanted.has(origin)) continue
      clearTimeout(timer)
      this.#watched.delete(origin)
    }
    const spreadMs = Math.min(firstSpreadMaxMs, firstSpreadMs * wanted.size)
    for (const target of wanted.values()) this.#want(target, spreadMs)
  }

  #want(target: ProbeTarget, spreadMs: number): void {
    const known = this.#watched.get(target.origin)
    if (known) {
      known.target = target
      return
    }
    const watched: Watched = {
      target,
      health: undefined,
      failures: 0,
      running: false,
      probedAt: Number.NEGATIVE_INFINITY,
      timer: undefined,
    }
    this.#watched.set(target.origin, watched)
    this.#schedule(watched, this.#random() * spreadMs)
  }

  #schedule(watched: Watched, delayMs: number): void {
    clearTimeout(watched.timer)
    watched.timer = setTimeout(() => void this.#run(watched), delayMs).unref()
  }

  #recheck(origin: string): void {
    const watched = this.#watched.get(origin)
    if (!watched || watched.running) return
    if (performance.now() - watched.probedAt >= recheckMinMs) this.#schedule(watched, 0)
  }

  async #run(watched: Watched): Promise<void> {
    if (this.#running >= probesMax) {
      this.#schedule(watched, crowdedWaitMs * (0.5 + this.#random()))
      return
    }
    this.#running++
    watched.running = true
    watched.probedAt = performance.now()
    const code = await this.#probe(watched.target)
    watched.running = false
    this.#running--
    if (this.#watched.get(watched.target.origin) === watched) this.#note(watched, code)
  }

  #note(watched: Watched, code: 'ok' | ResetCode): void {
    const { origin } = watched.target
    const isNews = watched.health?.code !== code
    watched.health = { origin, code, tookMs: performance.now() - watched.probedAt }
    watched.failures = code === 'ok' ? 0 : watched.failures + 1
    if (isNews) this.#tell(origin)
    const retryMs = Math.min(retryCapMs, retryBaseMs * 2 ** (watched.failures - 1))
    const waitMs = watched.failures === 0 ? intervalMs : retryMs
    this.#schedule(watched, waitMs * (1 - jitter + 2 * jitter * this.#random()))
  }

  /** What changes in one turn of the event loop is told in one frame. */
  #tell(origin: string): void {
    this.#news.add(origin)
    if (this.#news.size > 1) return
    setImmediate(() => {
      const news = [...this.#news]
      this.#news.clear()
      for (const [link, wanted] of this.#links) {
        const health = news.flatMap((each) =>
          wanted.has(each) ? (this.#watched.get(each)?.health ?? []) : [],
        )
        if (health.length > 0) link.reportHealth(health)
      }
    })
  }
}
