import type { RequestQuery, RequestRecord } from '../base/request-record.ts'
import type { News } from '../directory/change-feed.ts'
import type { Readiness } from '../signals/listener.ts'
import type { Metric } from '../signals/metric.ts'
import type { EdgeFacts, EdgeSettings } from './edge-settings.ts'

/** Which process of an edge this is: `worker` of 0 … `workers` − 1. */
export interface WorkerPlace {
  readonly edgeId: string
  readonly worker: number
  readonly workers: number
}

/** A worker that answers already, and the connectors that hold links to it. */
export interface OtherWorker {
  readonly worker: number
  readonly connectorIds: readonly string[]
}

/** What one worker tells all others. */
export type Told =
  | News
  /** Somebody may have committed and not lived to tell. */
  | { readonly kind: 'missed' }
  /** A hand-over ticket was taken; it may be forgotten at `forgetAt`, epoch milliseconds. */
  | { readonly kind: 'spent'; readonly id: string; readonly forgetAt: number }
  /** A wrong enrolment token came from there. */
  | { readonly kind: 'guessed'; readonly network: string }
  /** What callers of the management API took at the teller since it last said so: units of each. */
  | { readonly kind: 'taken'; readonly units: TakenUnits }
  /** The connectors that hold links to the teller now. */
  | { readonly kind: 'connectors'; readonly ids: readonly string[] }
  /** The filters of those who listen at the teller to live requests; empty when nobody does. */
  | { readonly kind: 'listening'; readonly filters: readonly (string | undefined)[] }
  | RequestsTold

/** Callers of the management API, and units of theirs. */
export type TakenUnits = readonly (readonly [caller: string, units: number])[]

/** What is told of requests, to one worker alone. */
export type RequestsTold =
  /** The next live requests, and how many more there were. */
  | { readonly kind: 'live'; readonly records: readonly RequestRecord[]; readonly dropped: number }
  | { readonly kind: 'asked'; readonly question: number; readonly query: RequestQuery | string }
  | {
      readonly kind: 'answered'
      readonly question: number
      readonly records: readonly RequestRecord[]
    }

/** What the process that started the workers asks them, to tell it to operators. */
export type SignalsKind = 'metrics' | 'readiness'

/** What a worker hears from the process that started it. */
export type ToWorker =
  | { readonly kind: 'ask'; readonly question: number; readonly about: SignalsKind }
  | {
      readonly kind: 'start'
      readonly place: WorkerPlace
      readonly settings: EdgeSettings
      readonly others: readonly OtherWorker[]
    }
  | { readonly kind: 'told'; readonly from: number; readonly told: Told }
  /** Another worker answers now. */
  | { readonly kind: 'joined'; readonly worker: number }
  /** Another worker ended without being told to. */
  | { readonly kind: 'gone'; readonly worker: number }
  /** To be answered at once, which a worker whose event loop is blocked cannot do. */
  | { readonly kind: 'ping' }
  | { readonly kind: 'drain'; readonly graceMs: number }

export type FromWorker =
  | { readonly kind: 'metrics'; readonly question: number; readonly metrics: readonly Metric[] }
  | { readonly kind: 'readiness'; readonly question: number; readonly readiness: Readiness }
  | { readonly kind: 'ready'; readonly facts: EdgeFacts }
  /** A start that cannot succeed, as a sentence for people. */
  | { readonly kind: 'failed'; readonly sentence: string }
  /** To all others, unless one is named. */
  | { readonly kind: 'tell'; readonly told: Told; readonly to?: number }
  | { readonly kind: 'pong' }
