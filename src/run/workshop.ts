import { Worker } from 'node:worker_threads'
import { Fault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import type { ChangeFeed, Heard, News } from '../directory/change-feed.ts'
import type { ApartAnswer, ApartCall, Workshop } from '../graph/workshop.ts'
import type { EdgeSettings } from './edge-settings.ts'
import type { BoundPorts } from './ports.ts'
import type { WorkerChannel } from './worker-channel.ts'

/** What the thread has to know to do the work. */
export interface WorkshopParts {
  readonly settings: EdgeSettings
  readonly ports: BoundPorts
}

/** What the thread says. */
export type FromWorkshop =
  | { readonly kind: 'news'; readonly news: News }
  | { readonly kind: 'answer'; readonly answer: ApartAnswer }

/** When somebody waits too long, and when the thread has waited long enough. Tests make it small. */
export interface WorkshopLimits {
  readonly callMaxMs: number
  readonly idleMs: number
  /** Calls that wait for the one that is being answered. */
  readonly waitingMax: number
  readonly heapMaxMb: number
}

export const workshopLimits: WorkshopLimits = {
  // A document of the largest size, on a slow machine.
  callMaxMs: 10 * 60_000,
  // The thread takes 60 MB, and a third of a second to begin.
  idleMs: 60_000,
  // Each may hold a document of 16 MiB.
  waitingMax: 8,
  heapMaxMb: 1_024,
}

interface Job {
  readonly call: ApartCall
  readonly done: PromiseWithResolvers<ApartAnswer>
  readonly signal: AbortSignal
}

const program = new URL('./workshop-thread.ts', import.meta.url)

/**
 * A thread beside the one that serves, for calls of the API that take long: it compares and changes configuration by a
 * connection of its own to the database, one call after the other. It begins with the first call and ends when there was
 * none for a while. What it commits is told as if another process had done it.
 */
export class WorkshopThread implements Workshop, ChangeFeed, AsyncDisposable {
  readonly #parts: WorkshopParts
  readonly #channel: WorkerChannel | undefined
  readonly #log: Log
  readonly #limits: WorkshopLimits
  readonly #listeners = new Set<(heard: Heard) => void>()
  readonly #waiting: Job[] = []
  #thread: Worker | undefined
  #current: Job | undefined
  #timer: NodeJS.Timeout | undefined

  /** `channel`: the other processes of this edge, of which listeners here hear as well. */
  constructor(
    parts: WorkshopParts,
    channel: WorkerChannel | undefined,
    log: Log,
    limits: WorkshopLimits = workshopLimits,
  ) {
    this.#parts = parts
    this.#channel = channel
    this.#log = log
    this.#limits = limits
    channel?.onHeard((heard) => this.#tell(heard))
  }

  announce(news: News): void {
    this.#channel?.announce(news)
  }

  onHeard(listener: (heard: Heard) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Rejects with `overloaded` when too many wait or it takes too long, `too-large` when it takes too much memory. */
  answer(call: ApartCall, signal: AbortSignal): Promise<ApartAnswer> {
    if (this.#waiting.length >= this.#limits.waitingMax) {
      throw new Fault('overloaded', 'as many large calls wait as may. Try again later.')
    }
    const job = { call, signal, done: Promise.withResolvers<ApartAnswer>() }
    signal.addEventListener('abort', () => this.#abandon(job), { once: true })
    this.#waiting.push(job)
    this.#next()
    return job.done.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const job of this.#waiting.splice(0)) job.done.reject(ending())
    await this.#end(ending())
  }

  /** Nobody waits for it any more. */
  #abandon(job: Job): void {
    const place = this.#waiting.indexOf(job)
    if (place >= 0) this.#waiting.splice(place, 1)
    const fault = new Fault('malformed-request', 'the caller went away')
    if (job === this.#current) void this.#end(fault)
    else job.done.reject(fault)
  }

  #next(): void {
    if (this.#current) return
    clearTimeout(this.#timer)
    const job = this.#waiting.shift()
    if (!job) {
      this.#timer = setTimeout(() => this.#end(ending()), this.#limits.idleMs).unref()
      return
    }
    this.#current = job
    this.#timer = setTimeout(() => this.#end(tookTooLong()), this.#limits.callMaxMs).unref()
    this.#thread ??= this.#start()
    const { body } = job.call
    this.#thread.postMessage(job.call, body ? [body.buffer] : [])
  }

  #start(): Worker {
    const thread = new Worker(program, {
      workerData: this.#parts,
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMaxMb },
    })
    // The edge ends when it is told to, and this ends with it.
    thread.unref()
    thread.on('message', (message: FromWorkshop) => {
      if (message.kind === 'news') this.#pass(message.news)
      else this.#finish(message.answer)
    })
    thread.on('error', (error) => this.#fail(thread, error as Error))
    thread.on('exit', () => this.#fail(thread, new Error('the thread for large calls ended')))
    return thread
  }

  #finish(answer: ApartAnswer): void {
    const job = this.#current
    this.#current = undefined
    job?.done.resolve(answer)
    this.#next()
  }

  #fail(thread: Worker, error: Error): void {
    if (this.#thread !== thread) return
    this.#log.error({ error }, 'the thread for large calls failed')
    void this.#end(isOutOfMemory(error) ? tookTooMuch(error) : error)
  }

  /** Ends the thread, whatever it does; SQLite takes back what it has not committed. */
  async #end(why: Error): Promise<void> {
    clearTimeout(this.#timer)
    const thread = this.#thread
    const job = this.#current
    this.#thread = undefined
    await thread?.terminate()
    this.#current = undefined
    job?.done.reject(why)
    if (!thread) return
    // It may have ended between a commit and telling of it.
    if (job) {
      this.#tell({ kind: 'missed' })
      this.#channel?.announce({ kind: 'missed' })
    }
    if (this.#waiting.length > 0) this.#next()
  }

  #pass(news: News): void {
    this.#tell(news)
    this.#channel?.announce(news)
  }

  #tell(heard: Heard): void {
    for (const listener of this.#listeners) listener(heard)
  }
}

function isOutOfMemory(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

function tookTooMuch(cause: Error): Fault {
  return new Fault('too-large', 'it takes more memory than one call may. Send it in parts.', {
    cause,
  })
}

function tookTooLong(): Fault {
  return new Fault('overloaded', 'it took longer than one call may. Send it in parts.')
}

function ending(): Fault {
  return new Fault('overloaded', 'the edge is ending')
}
