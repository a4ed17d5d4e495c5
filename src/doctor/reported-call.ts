import type { CorsError } from '../cors/browser.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { BackendAnswer } from './page-call.ts'
import type { Credentials } from './request.ts'

/** A call as somebody else told of it: a browser's console, its network log, or the edge's own memory. */
export interface ReportedCall {
  /** Undefined where it was not told. */
  readonly pageUrl: string | undefined
  readonly targetUrl: string
  readonly method: string
  readonly headers: RawHeaders
  readonly credentials: Credentials
  readonly mode: 'cors' | 'webSocket'
  /** What the answers were, as far as they are known. */
  readonly backend: BackendAnswer | undefined
  /** What the browser itself said. */
  readonly said: BrowserVerdict | undefined
  /** How often it was told of. */
  readonly count: number
  /** What was not told and is taken for granted, in sentences. */
  readonly notes: readonly string[]
}

/** A browser's word on a call that failed. */
export interface BrowserVerdict {
  readonly browser: 'Chromium' | 'Firefox' | 'Safari'
  /** Undefined where the browser gives no reason. */
  readonly corsError: CorsError | undefined
  readonly failedParameter: string
}

/** The same calls, each once with how often it came, in the order in which they came first. */
export function groupCalls(calls: readonly ReportedCall[]): readonly ReportedCall[] {
  const groups = new Map<string, ReportedCall>()
  for (const call of calls) {
    const { count, notes: _, ...facts } = call
    const key = JSON.stringify(facts)
    const known = groups.get(key)
    groups.set(key, known ? { ...known, count: known.count + count } : call)
  }
  return [...groups.values()]
}

/** An address without what may be secret in it: user name, query and fragment. Undefined: it is none. */
export function bareUrl(text: string, base?: string): string | undefined {
  const url = URL.parse(text, base)
  if (!url) return undefined
  for (const part of ['username', 'password', 'search', 'hash'] as const) url[part] = ''
  return url.href
}
