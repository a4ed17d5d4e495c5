import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Log } from '../base/log.ts'
import type { EdgeFacts, EdgeSettings } from './edge-settings.ts'
import type { FromWorker, OtherWorker, Told, ToWorker } from './worker-message.ts'
import { WorkerSignals } from './worker-signals.ts'

/** When a worker counts as hung. Tests make it small. */
export interface WatchLimits {
  readonly pingIntervalMs: number
  /** Counted in rounds and not by the clock: when the whole machine stood still, nobody is to blame. */
  readonly unansweredMaxPings: number
  /** The same for one that is starting: a cold disk and a busy machine, while the libraries are loaded. */
  readonly startingMaxPings: number
}

const watchLimits: WatchLimits = {
  pingIntervalMs: 1_000,
  unansweredMaxPings: 10,
  startingMaxPings: 60,
}

const program = fileURLToPath(new URL('./edge-worker.ts', import.meta.url))

// What a worker needs beyond the grace to close its files.
const stopMarginMs = 5_000
const restartBaseMs = 100
const restartCapMs = 30_000
// A worker that lived this long died of something new.
const stableMs = 60_000

/** How long to wait before a worker is started again that died `deaths` times in a row. The first time is an accident. */
export function restartDelayMs(deaths: number): number {
  return deaths <= 1 ? 0 : Math.min(restartCapMs, restartBaseMs * 2 ** (deaths - 2))
}

interface Worker {
  readonly process: ChildProcess
  readonly startedAt: number
  readonly exited: Promise<void>
  ready: boolean
  unanswered: number
  connectorIds: readonly string[]
}

/**
 * The processes of one edge behind one port. This one carries no traffic: it starts the workers, starts them again when
 * they die or hang, passes on what they tell each other, and ends them together.
 */
export class WorkerPool {
  readonly #settings: EdgeSettings
  readonly #log: Log
  readonly #limits: WatchLimits
  readonly #edgeId = randomUUID()
  readonly #workers: (Worker | undefined)[]
  readonly #deaths: number[]
  readonly #restarts = new Set<NodeJS.Timeout>()
  readonly #watch: NodeJS.Timeout
  #ports: Pick<EdgeSettings, 'port' | 'morePorts' | 'plainPorts'>
  /** What the workers tell operators. */
  readonly signals: WorkerSignals
  #started = false
  #stopping = false

  constructor(settings: EdgeSettings, workers: number, log: Log, limits = watchLimits) {
    this.#limits = limits
    this.#settings = settings
    this.#ports = settings
    this.#log = log
    this.#workers = new Array(workers).fill(undefined)
    this.#deaths = new Array(workers).fill(0)
    this.signals = new WorkerSignals(workers, (message) => {
      const ready = this.#living().filter(([, worker]) => worker.ready)
      for (const [, worker] of ready) send(worker, message)
      return ready.map(([number]) => number)
    })
    this.#watch = setInterval(() => this.#pingAll(), limits.pingIntervalMs)
  }

  /**
   * Resolves when all workers answer. The first one comes alone: it makes what the data folder lacks and finds a free
   * port when any will do. Rejects with the reason when one cannot start; the others are ended then.
   */
  async start(): Promise<EdgeFacts> {
    try {
      const facts = await this.#start(0)
      const { port, morePorts, plainPorts } = facts
      this.#ports = { port, morePorts, plainPorts }
      const others = this.#workers.keys().drop(1)
      await Promise.all(Array.from(others, (worker) => this.#start(worker)))
      this.#started = true
      return facts
    } catch (thrown) {
      await this.stop(0)
      throw thrown
    }
  }

  /** Lets every worker finish what it has for `graceMs`; resolves when all have ended. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    clearInterval(this.#watch)
    for (const timer of this.#restarts) clearTimeout(timer)
    const living = this.#workers.filter((worker) => worker !== undefined)
    for (const worker of living) {
      // One that is still starting has nothing to finish.
      if (worker.ready) send(worker, { kind: 'drain', graceMs })
      else worker.process.kill('SIGKILL')
    }
    const deadline = setTimeout(() => {
      for (const { process } of living) process.kill('SIGKILL')
    }, graceMs + stopMarginMs)
    await Promise.all(living.map(({ exited }) => exited))
    clearTimeout(deadline)
  }

  /** Sends a signal to all that answer. */
  signal(name: NodeJS.Signals): void {
    for (const [, { process, ready }] of this.#living()) if (ready) process.kill(name)
  }

  /** Resolves when the worker answers, rejects when it says why it cannot, or dies. */
  #start(number: number): Promise<EdgeFacts> {
    const { promise, resolve, reject } = Promise.withResolvers<EdgeFacts>()
    const process = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const exited = Promise.withResolvers<void>()
    const startedAt = performance.now()
    const worker: Worker = {
      process,
      startedAt,
      exited: exited.promise,
      ready: false,
      unanswered: 0,
      connectorIds: [],
    }
    this.#workers[number] = worker
    let reason: string | undefined
    process.on('message', (message: FromWorker) => {
      if (message.kind === 'pong') worker.unanswered = 0
      else if (message.kind === 'metrics' || message.kind === 'readiness')
        this.signals.hear(number, process.pid, message)
      else if (message.kind === 'tell') this.#pass(number, worker, message.told, message.to)
      else if (message.kind === 'failed') reason = message.sentence
      else {
        this.#join(number, worker)
        resolve(message.facts)
      }
    })
    const end = (code: number | null, signal: string | null): void => {
      exited.resolve()
      const bury = (): void => {
        // No fault: the sentence is complete, with the code of the fault that the worker met.
        reject(new Error(reason ?? `a worker ended while it was starting (${signal ?? code})`))
        this.#bury(number, worker, { code, signal, reason })
      }
      // What it said last, the reason perhaps, is still in the channel.
      if (process.connected && process.pid !== undefined) process.once('disconnect', bury)
      else bury()
    }
    process.once('exit', end)
    process.on('error', (error) => {
      this.#log.error({ worker: number, error }, 'an edge worker cannot be started, or be told')
      // One that never was does not exit either.
      if (process.pid === undefined) end(null, null)
    })
    const workers = this.#workers.length
    const place = { edgeId: this.#edgeId, worker: number, workers }
    const settings = { ...this.#settings, ...this.#ports }
    send(worker, { kind: 'start', place, settings, others: this.#ready() })
    return promise
  }

  #join(number: number, worker: Worker): void {
    worker.ready = true
    for (const [, peer] of this.#living()) {
      if (peer !== worker) send(peer, { kind: 'joined', worker: number })
    }
  }

  #bury(
    number: number,
    worker: Worker,
    end: {
      readonly code: number | null
      readonly signal: string | null
      readonly reason: string | undefined
    },
  ): void {
    this.#workers[number] = undefined
    if (this.#stopping) return
    for (const [, peer] of this.#living()) send(peer, { kind: 'gone', worker: number })
    const stable = performance.now() - worker.startedAt >= stableMs
    const deaths = stable ? 1 : (this.#deaths[number] ?? 0) + 1
    this.#deaths[number] = deaths
    const restartInMs = restartDelayMs(deaths)
    // While the edge is starting, the person who waits is told.
    if (!worker.ready && !this.#started) return
    this.#log.error({ worker: number, ...end, deaths, restartInMs }, 'an edge worker ended')
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      // What became of it is logged when it ends.
      this.#start(number).catch(() => {})
    }, restartInMs)
    this.#restarts.add(timer)
  }

  #pass(from: number, teller: Worker, told: Told, to: number | undefined): void {
    if (told.kind === 'connectors') teller.connectorIds = told.ids
    // Also to those that are starting: they have perhaps read already what has just changed.
    for (const [number, peer] of this.#living()) {
      if (number !== from && (to ?? number) === number) send(peer, { kind: 'told', from, told })
    }
  }

  #pingAll(): void {
    for (const [number, worker] of this.#living()) {
      const { unansweredMaxPings, startingMaxPings } = this.#limits
      const most = worker.ready ? unansweredMaxPings : startingMaxPings
      if (worker.unanswered === most) {
        this.#log.error({ worker: number }, 'an edge worker hangs and is killed')
        worker.process.kill('SIGKILL')
      }
      worker.unanswered++
      send(worker, { kind: 'ping' })
    }
  }

  #ready(): OtherWorker[] {
    return this.#living()
      .filter(([, { ready }]) => ready)
      .map(([worker, { connectorIds }]) => ({ worker, connectorIds }))
  }

  #living(): (readonly [number, Worker])[] {
    return [...this.#workers.entries()].flatMap(([number, worker]) =>
      worker ? [[number, worker] as const] : [],
    )
  }
}

function send({ process }: Worker, message: ToWorker): void {
  // One that is just ending is not told any more; its `exit` says the rest.
  if (process.connected) process.send(message)
}
