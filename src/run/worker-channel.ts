import type { ChangeFeed, Heard } from '../directory/change-feed.ts'
import type {
  FromWorker,
  OtherWorker,
  RequestsTold,
  TakenUnits,
  Told,
  ToWorker,
  WorkerPlace,
} from './worker-message.ts'

/** A worker's end of what the workers of one edge tell each other, by way of the process that started them. */
export class WorkerChannel implements ChangeFeed {
  readonly place: WorkerPlace
  readonly #send: (message: FromWorker) => void
  readonly #heard = new Set<(heard: Heard) => void>()
  readonly #spent = new Set<(id: string, forgetAt: number) => void>()
  readonly #guessed = new Set<(network: string) => void>()
  readonly #taken = new Set<(units: TakenUnits) => void>()
  readonly #requests = new Set<(from: number, told: AboutRequests) => void>()
  readonly #joined = new Set<(worker: number) => void>()
  readonly #gone = new Set<(worker: number) => void>()
  readonly #connectors = new Map<number, ReadonlySet<string>>()

  /** `others` answer already. */
  constructor(
    place: WorkerPlace,
    others: readonly OtherWorker[],
    send: (message: FromWorker) => void,
  ) {
    this.place = place
    for (const { worker, connectorIds } of others) {
      this.#connectors.set(worker, new Set(connectorIds))
    }
    this.#send = send
  }

  announce(told: Told): void {
    this.#send({ kind: 'tell', told })
  }

  /** Tells one other worker. */
  tell(to: number, told: RequestsTold): void {
    this.#send({ kind: 'tell', told, to })
  }

  onHeard(listener: (heard: Heard) => void): () => void {
    return subscribe(this.#heard, listener)
  }

  /** Called with each ticket that another worker took. */
  onSpent(listener: (id: string, forgetAt: number) => void): () => void {
    return subscribe(this.#spent, listener)
  }

  /** Called with the network of each wrong enrolment token that another worker was sent. */
  onGuessed(listener: (network: string) => void): () => void {
    return subscribe(this.#guessed, listener)
  }

  /** Called with what callers of the management API took at another worker. */
  onTaken(listener: (units: TakenUnits) => void): () => void {
    return subscribe(this.#taken, listener)
  }

  /** Called with what another worker says or asks about requests. */
  onRequests(listener: (from: number, told: AboutRequests) => void): () => void {
    return subscribe(this.#requests, listener)
  }

  /** Whether this worker speaks for all: of those that answer it is the first. */
  get isFirst(): boolean {
    return this.#connectors.keys().every((worker) => worker > this.place.worker)
  }

  /** The workers that answer. */
  get others(): Iterable<number> {
    return this.#connectors.keys()
  }

  /** Called when another worker begins to answer. */
  onJoined(listener: (worker: number) => void): () => void {
    return subscribe(this.#joined, listener)
  }

  /** Called when another worker is gone. */
  onGone(listener: (worker: number) => void): () => void {
    return subscribe(this.#gone, listener)
  }

  /** The connectors that hold links to another worker. */
  connectorsOf(worker: number): ReadonlySet<string> {
    return this.#connectors.get(worker) ?? none
  }

  /** Whether a connector holds a link to any other worker. */
  connectedElsewhere(connectorId: string): boolean {
    return [...this.#connectors.values()].some((ids) => ids.has(connectorId))
  }

  /** What the starting process sent. */
  receive(message: ToWorker): void {
    if (message.kind === 'told') this.#hear(message.from, message.told)
    else if (message.kind === 'joined') this.#join(message.worker)
    else if (message.kind === 'gone') this.#leave(message.worker)
  }

  #hear(from: number, told: Told): void {
    if (told.kind === 'connectors') this.#connectors.set(from, new Set(told.ids))
    else if (told.kind === 'spent') {
      for (const listener of this.#spent) listener(told.id, told.forgetAt)
    } else if (told.kind === 'guessed') {
      for (const listener of this.#guessed) listener(told.network)
    } else if (told.kind === 'taken') {
      for (const listener of this.#taken) listener(told.units)
    } else if (isAboutRequests(told)) {
      for (const listener of this.#requests) listener(from, told)
    } else this.#tellHeard(told)
  }

  #join(worker: number): void {
    if (!this.#connectors.has(worker)) this.#connectors.set(worker, none)
    for (const listener of this.#joined) listener(worker)
  }

  #leave(worker: number): void {
    this.#connectors.delete(worker)
    for (const listener of this.#gone) listener(worker)
    // It may have ended between a commit and telling of it.
    this.#tellHeard({ kind: 'missed' })
  }

  #tellHeard(heard: Heard): void {
    for (const listener of this.#heard) listener(heard)
  }
}

/** What workers tell each other about requests. */
export type AboutRequests = RequestsTold | Extract<Told, { readonly kind: 'listening' }>

const aboutRequests: ReadonlySet<string> = new Set(['listening', 'live', 'asked', 'answered'])

function isAboutRequests(told: Told): told is AboutRequests {
  return aboutRequests.has(told.kind)
}

const none: ReadonlySet<string> = new Set()

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
