import type { RawHeaders } from '../http/headers.ts'

/** Why the edge itself answers: a stable code, what to tell a person, and what helps. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly sentence: string
  readonly signInUrl?: string
  /** What led to it, where the code alone leaves several possibilities. */
  readonly because?: string
  /** What a person can do about it, on a host of the application. */
  readonly way?: { readonly href: string; readonly text: string }
  readonly headers?: RawHeaders
}
