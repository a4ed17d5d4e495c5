import type { TrailStep } from './trail.ts'

/** What a request was for, as far as the edge can tell. */
export const requestKinds = [
  'navigation',
  'script',
  'preflight',
  'corsRequest',
  'webSocket',
  'other',
] as const

export type RequestKindName = (typeof requestKinds)[number]

/** One request as the edge remembers it: no body, no value of a query, no cookie, no token. [G5] [D4] */
export interface RequestSummary {
  /** As on error pages and in `X-Request-Id`. */
  readonly id: string
  readonly startedDateTime: string
  /** So far, while it is open. */
  readonly durationInMilliseconds: number
  /** Its answer is not whole yet: a stream, a WebSocket, or an application that thinks. */
  readonly isOpen: boolean
  readonly method: string
  /** Path and host as written, shortened; of a query only that there was one: `?…`. */
  readonly url: string
  readonly protocol: 'HTTP/1.1' | 'HTTP/2'
  /** null: no answer has begun, or never did because the client left. */
  readonly status: number | null
  readonly kind: RequestKindName
  readonly origin?: string
  /** Why the edge itself refused or failed; absent where the application answered. */
  readonly code?: string
  readonly applicationId?: string
  readonly applicationDisplayName?: string
  readonly segmentId?: string
  readonly corsConfigurationId?: string
  readonly userId?: string
  readonly userPrincipalName?: string
  readonly connectorId?: string
  readonly ipAddress: string
  readonly userAgent: string
  /** Of bodies, and of WebSockets both ways. */
  readonly requestBytes: number
  readonly responseBytes: number
}

/** Where a list of requests goes on: behind this one. */
export type RequestCursor = Pick<RequestSummary, 'startedDateTime' | 'id'>

/** Which requests are asked for. */
export interface RequestQuery {
  /** As in `$filter`, already found to be readable. */
  readonly filter: string | undefined
  readonly top: number
  readonly before?: RequestCursor | undefined
  /** Only those that were open then, or ended later. Epoch milliseconds. */
  readonly openAtMs?: number | undefined
}

/** The same with the decisions that led to its answer. */
export interface RequestRecord extends RequestSummary {
  readonly steps: readonly TrailStep[]
}
