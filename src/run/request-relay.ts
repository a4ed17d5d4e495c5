import type { RequestQuery, RequestRecord, RequestSummary } from '../base/request-record.ts'
import { requestFilter } from '../graph/shape/request.ts'
import type { FeedListener, RequestFeed } from './request-feed.ts'
import type { AboutRequests, WorkerChannel } from './worker-channel.ts'

// A worker that does not answer within a second is blocked; the others' requests are worth more than a whole answer.
const answerMaxMs = 1_000
// A page that is updated ten times a second looks alive, and one message of the channel carries many requests.
const batchMs = 100
// Of a batch; the feed lets through as many in a second.
const batchMax = 300
// Questions that wait for answers, each until its second is over.
const questionsMax = 100

type Ask = (query: RequestQuery | string) => readonly RequestRecord[]

interface Question {
  readonly records: RequestRecord[]
  readonly waitingFor: Set<number>
  done(): void
}

/** What listens at another worker, told in batches. */
interface Remote {
  readonly stop: () => void
}

/** The requests of the other workers of this edge. */
export class RequestRelay {
  readonly #channel: WorkerChannel
  readonly #feed: RequestFeed
  readonly #listeners = new Set<FeedListener>()
  readonly #remotes = new Map<number, Remote>()
  readonly #questions = new Map<number, Question>()
  #filters: readonly (string | undefined)[] = []
  #asked = 0

  /** `answer`: what this worker says to a question of another. */
  constructor(channel: WorkerChannel, feed: RequestFeed, answer: Ask) {
    this.#channel = channel
    this.#feed = feed
    channel.onRequests((from, told) => this.#hear(from, told, answer))
    channel.onJoined(() => {
      if (this.#filters.length > 0) this.tellFilters(this.#filters)
    })
    channel.onGone((worker) => this.#forget(worker))
  }

  /** What the others have: by a query, or one request by its id. Those that are silent are left out. */
  async ask(query: RequestQuery | string): Promise<readonly RequestRecord[]> {
    const others = [...this.#channel.others]
    if (others.length === 0 || this.#questions.size >= questionsMax) return []
    const { promise, resolve } = Promise.withResolvers<void>()
    const number = ++this.#asked
    const question = { records: [], waitingFor: new Set(others), done: resolve }
    this.#questions.set(number, question)
    const timer = setTimeout(resolve, answerMaxMs)
    for (const other of others)
      this.#channel.tell(other, { kind: 'asked', question: number, query })
    await promise
    clearTimeout(timer)
    this.#questions.delete(number)
    return question.records
  }

  /** Tells the listener what the others send. Returns how to stop. */
  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The filters of those who listen here: the others send what meets one of them. */
  tellFilters(filters: readonly (string | undefined)[]): void {
    this.#filters = filters
    this.#channel.announce({ kind: 'listening', filters })
  }

  #hear(from: number, told: AboutRequests, answer: Ask): void {
    if (told.kind === 'listening') this.#follow(from, told.filters)
    else if (told.kind === 'asked') {
      const records = answer(told.query)
      this.#channel.tell(from, { kind: 'answered', question: told.question, records })
    } else if (told.kind === 'answered') this.#settle(from, told.question, told.records)
    else this.#pass(told.records, told.dropped)
  }

  #settle(from: number, number: number, records: readonly RequestRecord[]): void {
    const question = this.#questions.get(number)
    if (!question?.waitingFor.delete(from)) return
    question.records.push(...records)
    if (question.waitingFor.size === 0) question.done()
  }

  #pass(records: readonly RequestRecord[], dropped: number): void {
    for (const listener of this.#listeners) {
      for (const record of records) if (listener.wants(record)) listener.onRequest(record)
      if (dropped > 0) listener.onDropped(dropped)
    }
  }

  #follow(worker: number, filters: readonly (string | undefined)[]): void {
    this.#remotes.get(worker)?.stop()
    this.#remotes.delete(worker)
    if (filters.length === 0) return
    const batch = new Batch((records, dropped) => {
      this.#channel.tell(worker, { kind: 'live', records, dropped })
    })
    const meets = filters.map(requestFilter)
    const stop = this.#feed.listen({
      wants: (request: RequestSummary) => meets.some((meet) => meet(request)),
      onRequest: (record) => batch.add(record),
      onDropped: (count) => batch.drop(count),
    })
    this.#remotes.set(worker, {
      stop: () => {
        stop()
        batch.stop()
      },
    })
  }

  #forget(worker: number): void {
    this.#follow(worker, [])
    for (const number of this.#questions.keys()) this.#settle(worker, number, [])
  }
}

/** Gathers for a moment what goes to another worker. */
class Batch {
  readonly #send: (records: readonly RequestRecord[], dropped: number) => void
  #records: RequestRecord[] = []
  #dropped = 0
  #timer: NodeJS.Timeout | undefined

  constructor(send: (records: readonly RequestRecord[], dropped: number) => void) {
    this.#send = send
  }

  add(record: RequestRecord): void {
    if (this.#records.length < batchMax) this.#records.push(record)
    else this.#dropped++
    this.#timer ??= setTimeout(() => this.#flush(), batchMs)
  }

  drop(count: number): void {
    this.#dropped += count
    this.#timer ??= setTimeout(() => this.#flush(), batchMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #flush(): void {
    this.#timer = undefined
    this.#send(this.#records, this.#dropped)
    this.#records = []
    this.#dropped = 0
  }
}
