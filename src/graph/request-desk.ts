import type { RequestQuery, RequestRecord } from '../base/request-record.ts'

/** What the API needs of the edge about the requests that it remembers. */
export interface RequestDesk {
  /** The latest first, at most `top`. */
  list(query: RequestQuery): Promise<readonly RequestRecord[]>
  find(id: string): Promise<RequestRecord | undefined>
  /** Tells each request when it is over, those that last also while they are open; undefined: enough others listen. */
  watch(filter: string | undefined, reader: RequestReader): Watch | undefined
}

/** Whoever listens. */
export interface RequestReader {
  /** Whose it is: nobody takes the place of all others. */
  readonly caller: string
  onRequest(record: RequestRecord): void
  /** So many were not told, because there were too many at once. */
  onDropped(count: number): void
  /** The edge is closing. */
  onClose(): void
}

export interface Watch {
  stop(): void
}
