import { detached } from '../http/detached.ts'
import type { Sample } from '../signals/metric.ts'
import type { CorsOutcome } from './request-facts.ts'

type Verdict = Extract<CorsOutcome, 'silent' | 'allowed' | 'refused'>

/** A cross-origin call that is over. */
export interface CorsCall {
  readonly origin: string
  readonly method: string
  readonly isPreflight: boolean
  readonly verdict: Verdict
  /** Milliseconds of `performance.now()`. */
  readonly atMs: number
}

interface Count {
  readonly labels: Sample['labels']
  value: number
}

// More pages than call one application. Scrapers keep each series for as long as they keep anything.
const namedMax = 500
// Anybody may send any origin: those that nobody wrote down share these places, and take none of the others.
const strangersMax = 50
// A place that nobody uses for so long is given to the next. Sooner, and inventing origins would make series without end.
const strangerKeptMs = 24 * 60 * 60 * 1_000
// RFC 1035 §2.3.4.
const originMaxLength = 300
/** Stands for the origins and methods that were one too many. */
const other = 'other'
const methods: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
])

/** Cross-origin calls to one application, by origin, method and verdict, in bounded number. [D4] */
export class CorsCounts {
  readonly #isNamed: (origin: string) => boolean
  readonly #origins: Readonly<Record<Verdict, Origins>> = {
    silent: new Origins(),
    allowed: new Origins(),
    refused: new Origins(),
  }
  readonly #counts = new Map<string, Count>()

  /** `isNamed`: an administrator wrote this origin down. */
  constructor(isNamed: (origin: string) => boolean) {
    this.#isNamed = isNamed
  }

  count(call: CorsCall): void {
    const { method, isPreflight, verdict } = call
    const origin = this.#place(call)
    const named = methods.has(method) ? method : other
    const key = `${verdict} ${isPreflight} ${named} ${origin}`
    const count = this.#counts.get(key)
    if (count) count.value++
    else {
      const labels = { origin, method: named, preflight: String(isPreflight), verdict }
      this.#counts.set(detached(key), { labels, value: 1 })
    }
  }

  samples(): Sample[] {
    return [...this.#counts.values()].map(({ labels, value }) => ({ labels, value }))
  }

  /** The origin as it is told. */
  #place({ origin, verdict, atMs }: CorsCall): string {
    const { named, strangers } = this.#origins[verdict]
    if (named.has(origin)) return origin
    if (strangers.has(origin)) {
      strangers.set(origin, atMs)
      return origin
    }
    if (origin.length > originMaxLength) return other
    if (named.size < namedMax && this.#isNamed(origin)) {
      named.add(detached(origin))
      return origin
    }
    if (strangers.size >= strangersMax && !this.#forgetOne(verdict, atMs)) return other
    strangers.set(detached(origin), atMs)
    return origin
  }

  /** Makes room for another stranger. False: all of them were here lately. */
  #forgetOne(verdict: Verdict, nowMs: number): boolean {
    const { strangers } = this.#origins[verdict]
    for (const [origin, atMs] of strangers) {
      if (nowMs - atMs < strangerKeptMs) continue
      strangers.delete(origin)
      for (const [key, { labels }] of this.#counts) {
        if (labels['origin'] === origin && labels['verdict'] === verdict) this.#counts.delete(key)
      }
      return true
    }
    return false
  }
}

/** The origins that are told apart. */
class Origins {
  readonly named = new Set<string>()
  /** When each was here last. */
  readonly strangers = new Map<string, number>()
}
