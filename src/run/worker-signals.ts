import type { Readiness } from '../signals/listener.ts'
import { gauge, type Metric } from '../signals/metric.ts'
import { type WorkerMetrics, WorkerSum } from '../signals/worker-sum.ts'
import type { FromWorker, SignalsKind, ToWorker } from './worker-message.ts'

type Answer = Extract<FromWorker, { readonly kind: SignalsKind }>

interface Said {
  readonly worker: number
  readonly pid: number
  readonly answer: Answer
}

interface Question {
  readonly said: Said[]
  readonly waitingFor: Set<number>
  done(): void
}

// One whose event loop is blocked is left out; scrapers wait for ten seconds, supervisors for one.
const answerMaxMs = 950

/** Asks the workers of an edge what one process tells for all of them. [D4] */
export class WorkerSignals {
  readonly #workers: number
  readonly #ask: (message: ToWorker) => readonly number[]
  readonly #questions = new Map<number, Question>()
  readonly #sum = new WorkerSum()
  #asked = 0

  /** `ask` sends to all that answer, and says which they are. */
  constructor(workers: number, ask: (message: ToWorker) => readonly number[]) {
    this.#workers = workers
    this.#ask = ask
  }

  async measure(): Promise<readonly Metric[]> {
    const said = await this.#answers('metrics')
    const told = said.flatMap(({ worker, pid, answer }): WorkerMetrics[] =>
      answer.kind === 'metrics' ? [{ worker, pid, metrics: answer.metrics }] : [],
    )
    return [
      gauge('sallyport_workers', 'Processes of this edge.', 'max', [
        { labels: { state: 'wanted' }, value: this.#workers },
        { labels: { state: 'answering' }, value: told.length },
      ]),
      ...this.#sum.add(told),
    ]
  }

  /** One worker that can serve is enough: the others' connections are dealt out to it. */
  async readiness(): Promise<Readiness> {
    const said = await this.#answers('readiness')
    const all = said.flatMap(({ answer }) =>
      answer.kind === 'readiness' ? [answer.readiness] : [],
    )
    if (all.some(({ ready }) => ready)) return { ready: true }
    const reasons = all.flatMap((each) => (each.ready ? [] : each.reasons))
    return { ready: false, reasons: reasons.length > 0 ? reasons : ['no worker answers'] }
  }

  /** What a worker answered. */
  hear(worker: number, pid: number | undefined, answer: Answer): void {
    const question = this.#questions.get(answer.question)
    if (!question?.waitingFor.delete(worker)) return
    question.said.push({ worker, pid: pid ?? 0, answer })
    if (question.waitingFor.size === 0) question.done()
  }

  async #answers(about: SignalsKind): Promise<readonly Said[]> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const number = ++this.#asked
    const waitingFor = new Set(this.#ask({ kind: 'ask', question: number, about }))
    if (waitingFor.size === 0) return []
    const question: Question = { said: [], waitingFor, done: resolve }
    this.#questions.set(number, question)
    const timer = setTimeout(resolve, answerMaxMs)
    await promise
    clearTimeout(timer)
    this.#questions.delete(number)
    return question.said
  }
}
