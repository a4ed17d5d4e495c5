import type { TrustedProxies } from '../http/forwarded.ts'
import { Recording, type Recordings } from './recording.ts'
import type { EdgeRequest } from './request.ts'
import { factsOf, type RequestFacts } from './request-facts.ts'
import { RequestRing } from './request-ring.ts'
import type { Tracing } from './tracing.ts'

/** Called with a request that is over, or that began to stream. To be read at once, not to be kept; must not throw. */
export type RecordingListener = (recording: Recording) => void

/**
 * What this process remembers of requests: those under way, the last ones, and longer than these the last that went wrong,
 * so that whoever shows an error page is answered after ten thousand good requests. Those that led to no application are
 * kept apart from the latter: strangers send as many as they like.
 */
export class Recorder implements Recordings {
  readonly #proxies: TrustedProxies | undefined
  readonly #recent: RequestRing
  readonly #failed: RequestRing
  readonly #astray: RequestRing
  readonly #overListeners = new Set<RecordingListener>()
  readonly #openListeners = new Set<RecordingListener>()
  #newest: Recording | undefined
  /** Times each step of every request that begins from now on. */
  detailed = false
  /** Says which traces requests are part of; without it there are none. */
  tracing: Tracing | undefined

  /** `capacity`: how many requests each of the three lists holds. */
  constructor(capacity: number, proxies?: TrustedProxies) {
    this.#proxies = proxies
    this.#recent = new RequestRing(capacity)
    this.#failed = new RequestRing(capacity)
    this.#astray = new RequestRing(capacity)
  }

  begin(request: EdgeRequest, http2: boolean): Recording {
    const trace = this.tracing?.begin(request)
    const detailed = this.detailed || trace?.sampled === true
    const recording = new Recording(this, request, http2, detailed, trace)
    const before = this.#newest
    recording.older = before
    if (before) before.newer = recording
    this.#newest = recording
    return recording
  }

  close(recording: Recording): void {
    const { older, newer } = recording
    if (older) older.newer = newer
    if (newer) newer.older = older
    else this.#newest = older
    recording.older = undefined
    recording.newer = undefined
    if (!recording.atSite) this.#keep(recording)
    for (const listener of this.#overListeners) listener(recording)
  }

  #keep(recording: Recording): void {
    this.#recent.add(recording, this.#proxies)
    if (recording.application === undefined) this.#astray.add(recording, this.#proxies)
    else if (hasFailed(recording)) this.#failed.add(recording, this.#proxies)
  }

  open(recording: Recording): void {
    for (const listener of this.#openListeners) listener(recording)
  }

  /** Called with each request when it is over. Returns how to stop. */
  onOver(listener: RecordingListener): () => void {
    this.#overListeners.add(listener)
    return () => void this.#overListeners.delete(listener)
  }

  /** Called with each WebSocket and event stream that begins. Returns how to stop. */
  onOpen(listener: RecordingListener): () => void {
    this.#openListeners.add(listener)
    return () => void this.#openListeners.delete(listener)
  }

  factsOf(recording: Recording): RequestFacts {
    return factsOf(recording, this.#proxies)
  }

  /** Those under way, the latest first, but for those at the edge's own hosts. */
  *underWay(): Generator<Recording> {
    for (const each of this.everyOpen()) if (!each.atSite) yield each
  }

  /** All under way, the latest first. */
  *everyOpen(): Generator<Recording> {
    for (let each = this.#newest; each; each = each.older) yield each
  }

  /** Everything that is remembered, each request once, the latest first. */
  facts(): readonly RequestFacts[] {
    const known = new Map<string, RequestFacts>()
    for (const ring of [this.#recent, this.#failed, this.#astray]) {
      for (const facts of ring.facts()) known.set(facts.id, facts)
    }
    for (const recording of this.underWay())
      known.set(recording.request.id, this.factsOf(recording))
    return [...known.values()].sort((a, b) => b.startedMs - a.startedMs)
  }

  find(id: string): RequestFacts | undefined {
    for (const recording of this.underWay()) {
      if (recording.request.id === id) return this.factsOf(recording)
    }
    return this.#recent.find(id) ?? this.#failed.find(id) ?? this.#astray.find(id)
  }
}

/** The edge refused it, or anybody failed over it. */
function hasFailed({ refused, status }: Recording): boolean {
  return (refused !== undefined && (status >= 400 || status === 0)) || status >= 500
}
