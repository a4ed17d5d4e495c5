import { type RequestKindName, requestKinds } from '../base/request-record.ts'
import { detached } from '../http/detached.ts'
import { Histogram } from '../signals/histogram.ts'
import {
  counter,
  gauge,
  type HistogramSample,
  type Metric,
  type Sample,
} from '../signals/metric.ts'
import { CorsCounts } from './cors-counts.ts'
import type { Recorder } from './recorder.ts'
import type { Recording } from './recording.ts'
import { corsOutcomeOf } from './request-facts.ts'

// 0: nothing was answered.
const statusClasses = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const
const kindIndex = Object.fromEntries(requestKinds.map((kind, at) => [kind, at])) as Readonly<
  Record<RequestKindName, number>
>
// Only an administrator makes applications; those that were deleted are forgotten with the process.
const applicationsMax = 10_000
const millisecondsPerSecond = 1_000
// Nothing that was published was asked for.
const nowhere = ''

/** Whether an administrator wrote an origin down. */
type NamesOrigin = (origin: string) => boolean

/** What is counted of the requests to one application; plain numbers, because every request comes by. */
class ApplicationCounts {
  readonly requests = new Float64Array(requestKinds.length * statusClasses.length)
  readonly refusals = new Map<string, Float64Array>()
  readonly whole = new Histogram()
  readonly edge = new Histogram()
  readonly backend = new Histogram()
  readonly cors: CorsCounts
  name: string
  requestBytes = 0
  responseBytes = 0
  repeats = 0

  constructor(name: string, isNamed: NamesOrigin) {
    this.name = name
    this.cors = new CorsCounts(isNamed)
  }

  count(recording: Recording): void {
    const { status, refused, attempts } = recording
    const kind = kindIndex[recording.kind]
    const slot = kind * statusClasses.length + Math.trunc(status / 100)
    this.requests[slot] = (this.requests[slot] as number) + 1
    this.requestBytes += recording.requestBytes
    this.responseBytes += recording.responseBytes
    if (attempts > 1) this.repeats += attempts - 1
    if (refused) this.#refuse(refused.code, kind)
    this.#time(recording)
    if (recording.request.fields.origin !== undefined) this.#countCors(recording)
  }

  #refuse(code: string, kind: number): void {
    let counts = this.refusals.get(code)
    if (!counts) {
      counts = new Float64Array(requestKinds.length)
      this.refusals.set(code, counts)
    }
    counts[kind] = (counts[kind] as number) + 1
  }

  /** Until the head of the answer: streams last as long as they like. */
  #time({ startedMs, forwardedMs, headMs, endedMs, status }: Recording): void {
    // Nobody knows what an answer would have taken that somebody did not wait for.
    if (status === 0) return
    const answeredMs = headMs > 0 ? headMs : endedMs
    this.whole.observe((answeredMs - startedMs) / millisecondsPerSecond)
    const leftMs = forwardedMs > 0 ? forwardedMs : answeredMs
    this.edge.observe((leftMs - startedMs) / millisecondsPerSecond)
    if (forwardedMs > 0) this.backend.observe((answeredMs - forwardedMs) / millisecondsPerSecond)
  }

  #countCors(recording: Recording): void {
    const verdict = corsOutcomeOf(recording)
    if (verdict === 'own' || verdict === 'notAsked') return
    const { origin = '', requestMethod } = recording.request.fields
    const isPreflight = recording.cors?.kind === 'preflight'
    const method = (isPreflight ? requestMethod : undefined) ?? recording.request.method
    this.cors.count({ origin, method, isPreflight, verdict, atMs: recording.endedMs })
  }
}

/** Counts every request that is over, for scrapers; from the beginning of the process on. [D4] */
export class RequestMetrics {
  readonly #recorder: Recorder
  readonly #isNamed: NamesOrigin
  readonly #applications = new Map<string, ApplicationCounts>()

  constructor(recorder: Recorder, isNamed: NamesOrigin) {
    this.#recorder = recorder
    this.#isNamed = isNamed
    recorder.onOver((recording) => this.#count(recording))
  }

  #count(recording: Recording): void {
    const { application } = recording
    let counts = this.#applications.get(application === undefined ? nowhere : application.id)
    counts ??= this.#begin(application?.id ?? nowhere)
    if (application) counts.name = application.displayName
    counts.count(recording)
  }

  #begin(id: string): ApplicationCounts {
    const key = this.#applications.size < applicationsMax ? detached(id) : nowhere
    const counts = this.#applications.get(key) ?? new ApplicationCounts('', this.#isNamed)
    this.#applications.set(key, counts)
    return counts
  }

  /** Everything that was counted, as it stands. */
  metrics(): readonly Metric[] {
    return [
      gauge('sallyport_application_info', 'Names of applications, by id.', 'max', this.#names()),
      counter('sallyport_requests_total', 'Requests that are over.', this.#requests()),
      counter(
        'sallyport_refusals_total',
        'Requests that the edge refused, by code.',
        this.#refusals(),
      ),
      counter(
        'sallyport_cors_requests_total',
        'Cross-origin calls by verdict; silent: no rule spoke, and the application decides.',
        this.#cors(),
      ),
      ...this.#durations(),
      ...this.#amounts(),
      gauge('sallyport_requests_in_flight', 'Requests under way.', 'sum', this.#underWay()),
    ]
  }

  #names(): Sample[] {
    return this.#each((application_id, { name }) => [
      { labels: { application_id, application: name }, value: 1 },
    ]).filter(({ labels }) => labels['application_id'] !== nowhere)
  }

  #requests(): Sample[] {
    return this.#each((application_id, { requests }) =>
      requestKinds.flatMap((kind, row) =>
        statusClasses.flatMap((status_class, column) => {
          const value = requests[row * statusClasses.length + column] as number
          return value > 0 ? [{ labels: { application_id, kind, status_class }, value }] : []
        }),
      ),
    )
  }

  #refusals(): Sample[] {
    return this.#each((application_id, { refusals }) =>
      [...refusals].flatMap(([code, counts]) =>
        requestKinds.flatMap((kind, at) => {
          const value = counts[at] as number
          return value > 0 ? [{ labels: { application_id, code, kind }, value }] : []
        }),
      ),
    )
  }

  #cors(): Sample[] {
    return this.#each((application_id, { cors }) =>
      cors.samples().map(({ labels, value }) => ({ labels: { application_id, ...labels }, value })),
    )
  }

  #durations(): readonly Metric[] {
    const histogram = (
      name: string,
      help: string,
      of: (counts: ApplicationCounts) => Histogram,
    ): Metric => {
      const samples: HistogramSample[] = this.#each((application_id, counts) => [
        of(counts).sample({ application_id }),
      ])
      return { name, help, type: 'histogram', samples }
    }
    return [
      histogram(
        'sallyport_request_duration_seconds',
        "From a request's head to its answer's head.",
        ({ whole }) => whole,
      ),
      histogram(
        'sallyport_edge_duration_seconds',
        'The part of it in which the edge decided, or answered by itself.',
        ({ edge }) => edge,
      ),
      histogram(
        'sallyport_backend_duration_seconds',
        'The part of it spent in the tunnel and by the application.',
        ({ backend }) => backend,
      ),
    ]
  }

  #amounts(): readonly Metric[] {
    const amount = (
      name: string,
      help: string,
      of: (counts: ApplicationCounts) => number,
    ): Metric =>
      counter(
        name,
        help,
        this.#each((application_id, counts) => [{ labels: { application_id }, value: of(counts) }]),
      )
    return [
      amount(
        'sallyport_request_body_bytes_total',
        'Bytes of bodies sent to applications.',
        ({ requestBytes }) => requestBytes,
      ),
      amount(
        'sallyport_response_body_bytes_total',
        'Bytes of bodies sent to clients.',
        ({ responseBytes }) => responseBytes,
      ),
      amount(
        'sallyport_retries_total',
        'Attempts after the first one, at another connector or link.',
        ({ repeats }) => repeats,
      ),
    ]
  }

  #underWay(): Sample[] {
    const counts = { request: 0, webSocket: 0, own: 0 }
    for (const { status, atSite } of this.#recorder.everyOpen()) {
      if (atSite) counts.own++
      else if (status === 101) counts.webSocket++
      else counts.request++
    }
    return Object.entries(counts).map(([state, value]) => ({ labels: { state }, value }))
  }

  #each<Each>(of: (id: string, counts: ApplicationCounts) => readonly Each[]): Each[] {
    return [...this.#applications].flatMap(([id, counts]) => of(id, counts))
  }
}
