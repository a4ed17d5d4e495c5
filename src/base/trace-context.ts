import { randomBytes } from 'node:crypto'

/** A place in a trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 of them. */
  readonly spanId: string
  readonly sampled: boolean
}

// W3C Trace Context §3.2.2: of versions to come the same beginning counts, and what stands behind it does not.
const pattern =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const currentVersion = '00'
const sampledFlag = 1
const [traceIdBytes, spanIdBytes] = [16, 8]

/** The context that a `traceparent` names, or undefined when it names none. */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  const match = text === undefined ? null : pattern.exec(text)
  if (!match) return undefined
  const [, version, traceId = '', spanId = '', flags = '', more] = match
  if (version === currentVersion && more !== undefined) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & sampledFlag) !== 0 }
}

export function writeTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `${currentVersion}-${traceId}-${spanId}-${sampled ? '01' : '00'}`
}

export function newTraceId(): string {
  return randomBytes(traceIdBytes).toString('hex')
}

export function newSpanId(): string {
  return randomBytes(spanIdBytes).toString('hex')
}
