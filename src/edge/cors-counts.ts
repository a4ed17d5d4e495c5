import { detached } from '../http/detached.ts'
import type { Sample } from '../signals/metric.ts'
import type { CorsOutcome } from './request-facts.ts'

type Verdict = Extract<CorsOutcome, 'silent' | 'allowed' | 'refused'>

interface Count {
  readonly labels: Sample['labels']
  value: number
}

// More sites than call one application. Anybody may send any origin, so those that rules let in have a share of their own.
const originsMax = 50
// RFC 1035 §2.3.4.
const originMaxLength = 300
/** Stands for the origins and methods that were one too many. */
const other = 'other'
const methods: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
])

/** Cross-origin calls to one application, by origin, method and verdict, in bounded number. [D4] */
export class CorsCounts {
  readonly #origins: Readonly<Record<Verdict, Set<string>>> = {
    silent: new Set(),
    allowed: new Set(),
    refused: new Set(),
  }
  readonly #counts = new Map<string, Count>()

  count(origin: string, method: string, isPreflight: boolean, verdict: Verdict): void {
    const known = this.#known(origin, verdict)
    const named = methods.has(method) ? method : other
    const key = `${verdict} ${isPreflight} ${named} ${known}`
    const count = this.#counts.get(key)
    if (count) count.value++
    else {
      const labels = { origin: known, method: named, preflight: String(isPreflight), verdict }
      this.#counts.set(detached(key), { labels, value: 1 })
    }
  }

  samples(): Sample[] {
    return [...this.#counts.values()].map(({ labels, value }) => ({ labels, value }))
  }

  #known(origin: string, verdict: Verdict): string {
    const origins = this.#origins[verdict]
    if (origins.has(origin)) return origin
    if (origins.size >= originsMax || origin.length > originMaxLength) return other
    const own = detached(origin)
    origins.add(own)
    return own
  }
}
