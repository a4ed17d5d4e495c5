import type { ResetCode } from '../tunnel/exchange.ts'

/** One more attempt: never, through any other link, at another connector, or through any link as soon as there is one. */
export type Retry = 'never' | 'another-link' | 'another-connector' | 'any-link-in-time'

/** What is known of a request when a connector gives it up. */
export interface FailedAttempt {
  readonly method: string
  /** A body is on its way and not kept: it cannot be sent again. */
  readonly hasBody: boolean
  /** The head of an answer has been passed on. */
  readonly answered: boolean
  /** This one among them. */
  readonly attempts: number
  readonly code: ResetCode
}

// RFC 9110 §9.2.2. Only these may be sent again when nobody knows whether they were acted on.
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

// The connector did not reach the application, or may not: another one might.
const unreached: ReadonlySet<ResetCode> = new Set([
  'backend-unreachable',
  'backend-refused',
  'destination-not-allowed',
])

/** Attempts while links are lost; what loses four in a row may be what ends them. */
const lostAttemptsMax = 4

/**
 * Whether a request may be sent again, and where. What surely was not acted on is sent once more; what is idempotent, or
 * was not looked at, as long as it is only links that are lost. [K3]
 */
export function judgeRetry(attempt: FailedAttempt): Retry {
  const { method, hasBody, answered, attempts, code } = attempt
  if (answered || hasBody) return 'never'
  if (code === 'draining' || (code === 'link-lost' && idempotent.has(method))) {
    return attempts < lostAttemptsMax ? 'any-link-in-time' : 'never'
  }
  // A third attempt would multiply load in an outage.
  if (attempts > 1) return 'never'
  if (unreached.has(code)) return 'another-connector'
  return code === 'overloaded' ? 'another-link' : 'never'
}
