import type {
  RequestCursor,
  RequestQuery,
  RequestRecord,
  RequestSummary,
} from '../base/request-record.ts'
import type { Recorder } from '../edge/recorder.ts'
import type { RequestFacts } from '../edge/request-facts.ts'
import { recordOf, summaryOf, wallClock } from '../edge/request-summary.ts'
import { trailOf } from '../edge/request-trail.ts'
import type { RequestDesk, RequestReader, Watch } from '../graph/request-desk.ts'
import { requestFilter } from '../graph/shape/request.ts'
import { RequestFeed } from './request-feed.ts'
import { RequestRelay } from './request-relay.ts'
import type { WorkerChannel } from './worker-channel.ts'

// Administrators with the page open; each costs what it is told.
const readersMax = 20
// A few tabs and a terminal; whoever opens more takes them from nobody else.
const readersPerCallerMax = 5

interface Reader {
  readonly filter: string | undefined
  readonly caller: string
  close(): void
}

/** The requests that all processes of this edge remember, for the management API. [G5] */
export class LiveRequests implements RequestDesk {
  readonly #recorder: Recorder
  readonly #feed: RequestFeed
  readonly #relay: RequestRelay | undefined
  readonly #readers = new Set<Reader>()

  constructor(recorder: Recorder, channel: WorkerChannel | undefined) {
    this.#recorder = recorder
    this.#feed = new RequestFeed(recorder)
    this.#relay =
      channel &&
      new RequestRelay(channel, this.#feed, (query) =>
        typeof query === 'string' ? findIn(recorder, query) : searchIn(recorder, query),
      )
  }

  async list(query: RequestQuery): Promise<readonly RequestRecord[]> {
    const own = searchIn(this.#recorder, query)
    const others = (await this.#relay?.ask(query)) ?? []
    return others.length === 0 ? own : [...own, ...others].sort(latestFirst).slice(0, query.top)
  }

  async find(id: string): Promise<RequestRecord | undefined> {
    const [own] = findIn(this.#recorder, id)
    return own ?? (await this.#relay?.ask(id))?.[0]
  }

  watch(filter: string | undefined, reader: RequestReader): Watch | undefined {
    const own = [...this.#readers].filter(({ caller }) => caller === reader.caller)
    if (this.#readers.size >= readersMax || own.length >= readersPerCallerMax) return undefined
    const wants = requestFilter(filter)
    const listener = {
      wants,
      onRequest: (record: RequestRecord) => reader.onRequest(record),
      onDropped: (count: number) => reader.onDropped(count),
    }
    const stopHere = this.#feed.listen(listener)
    const stopThere = this.#relay?.listen(listener)
    const entry = { filter, caller: reader.caller, close: () => reader.onClose() }
    this.#readers.add(entry)
    this.#tellFilters()
    return {
      stop: () => {
        stopHere()
        stopThere?.()
        this.#readers.delete(entry)
        this.#tellFilters()
      },
    }
  }

  /** Nobody is to wait for those who only listen. */
  close(): void {
    for (const reader of [...this.#readers]) reader.close()
  }

  #tellFilters(): void {
    this.#relay?.tellFilters([...this.#readers].map(({ filter }) => filter))
  }
}

function findIn(recorder: Recorder, id: string): readonly RequestRecord[] {
  const facts = recorder.find(id)
  return facts ? [recordOf(facts)] : []
}

function searchIn(recorder: Recorder, query: RequestQuery): readonly RequestRecord[] {
  const { filter, top, before, openAtMs } = query
  const meets = requestFilter(filter)
  const found: RequestRecord[] = []
  for (const facts of latestFacts(recorder)) {
    if (found.length === top) break
    const summary = summaryOf(facts)
    if (before && !isBehind(summary, before)) continue
    if (openAtMs !== undefined && isOverBy(summary, openAtMs)) continue
    if (meets(summary)) found.push({ ...summary, steps: trailOf(facts) })
  }
  return found
}

/** To the millisecond, as they are told, and then by their ids: pages end between two of them. */
function latestFacts(recorder: Recorder): readonly RequestFacts[] {
  const timed = recorder.facts().map((facts) => ({ facts, at: wallClock(facts.startedMs) }))
  timed.sort((a, b) => b.at - a.at || (a.facts.id < b.facts.id ? 1 : -1))
  return timed.map(({ facts }) => facts)
}

function isOverBy(request: RequestSummary, atMs: number): boolean {
  const { isOpen, startedDateTime, durationInMilliseconds } = request
  return !isOpen && Date.parse(startedDateTime) + durationInMilliseconds < atMs
}

function isBehind(request: RequestSummary, cursor: RequestCursor): boolean {
  return latestFirst(request, cursor) > 0
}

/** As the list is sorted: of two that began in the same millisecond the ids decide. */
function latestFirst(one: RequestCursor, other: RequestCursor): number {
  if (one.startedDateTime !== other.startedDateTime) {
    return one.startedDateTime < other.startedDateTime ? 1 : -1
  }
  return one.id === other.id ? 0 : one.id < other.id ? 1 : -1
}
