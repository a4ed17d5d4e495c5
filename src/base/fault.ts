/** Failures nobody caused by a decision: code → HTTP status. The one table that answers are made from. */
export const faultStatus = {
  'malformed-request': 400,
  'too-large': 413,
  'not-found': 404,
  conflict: 409,
  'already-exists': 409,
  invalid: 400,
  overloaded: 503,
  'no-connector': 503,
  'connector-lost': 502,
  'edge-unreachable': 503,
  'edge-refused': 403,
  'foreign-edge': 502,
  'backend-refused': 502,
  'backend-unreachable': 502,
  'backend-certificate': 502,
  'backend-reset': 502,
  'backend-truncated': 502,
  'backend-rubbish': 502,
  'backend-timeout': 504,
  'destination-not-allowed': 502,
  'provider-unavailable': 503,
  'storage-busy': 503,
  'storage-full': 507,
  'storage-failed': 503,
  internal: 500,
} as const

export type FaultCode = keyof typeof faultStatus

/** A failure with a stable code, a sentence for people and the cause below it. Never decide by the message. */
export class Fault extends Error {
  readonly code: FaultCode

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Fault'
    this.code = code
  }

  get status(): number {
    return faultStatus[this.code]
  }
}

/** Any thrown value as a Fault: itself, or `internal` with the value as cause. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  return new Fault('internal', 'an unexpected error', { cause: thrown })
}
