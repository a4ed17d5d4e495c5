import type { RawHeaders } from './headers.ts'

/** A small whole answer that Sallyport makes itself: a page, a redirect, a JSON error. */
export interface Answer {
  readonly status: number
  readonly headers: RawHeaders
  readonly body: string
  /** What it refuses and why, for those who keep account of that. */
  readonly refused?: { readonly code: string; readonly sentence: string }
}

/** A small whole request, for the edge's own pages: the body is read, with a limit, before it gets here. */
export interface PageRequest {
  /** In the logs; of requests that nobody logs there is none. */
  readonly id?: string | undefined
  readonly method: string
  readonly url: URL
  readonly headers: RawHeaders
  /** Address of the socket's peer. */
  readonly peer: string
  readonly body: string
}
