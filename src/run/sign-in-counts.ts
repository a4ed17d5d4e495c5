import type { SignInEntry, SignInLog } from '../identity/sign-in-log.ts'
import { counter, type Metric, type Sample } from '../signals/metric.ts'

/** Counts what goes into the sign-in log, by kind and result; both are closed lists. [D4] */
export class SignInCounts implements SignInLog {
  readonly #log: SignInLog
  readonly #counts = new Map<string, { readonly labels: Sample['labels']; value: number }>()

  constructor(log: SignInLog) {
    this.#log = log
  }

  write(entry: SignInEntry): void {
    const { kind, result } = entry
    const key = `${kind} ${result}`
    const known = this.#counts.get(key)
    if (known) known.value++
    else this.#counts.set(key, { labels: { kind, result }, value: 1 })
    this.#log.write(entry)
  }

  metric(): Metric {
    const samples = [...this.#counts.values()].map(({ labels, value }) => ({ labels, value }))
    return counter('sallyport_sign_ins_total', 'Entries of the sign-in log, by result.', samples)
  }
}
