import type { RequestRecord, RequestSummary } from '../base/request-record.ts'
import type { RequestFacts } from './request-facts.ts'
import { trailOf } from './request-trail.ts'

/** A request as it is told to people, without its decisions. */
export function summaryOf(facts: RequestFacts): RequestSummary {
  const endedMs = facts.endedMs || performance.now()
  return {
    id: facts.id,
    startedDateTime: new Date(wallClock(facts.startedMs)).toISOString(),
    durationInMilliseconds: rounded(endedMs - facts.startedMs),
    isOpen: facts.endedMs === 0,
    method: facts.method,
    url: urlOf(facts),
    protocol: facts.http2 ? 'HTTP/2' : 'HTTP/1.1',
    status: facts.status === 0 ? null : facts.status,
    kind: facts.kind,
    ...named('origin', facts.origin),
    ...named('code', facts.clientLeft ? clientLeft : facts.code),
    ...named('applicationId', facts.applicationId),
    ...named('applicationDisplayName', facts.applicationDisplayName),
    ...named('segmentId', facts.route?.segmentId),
    ...named('corsConfigurationId', facts.corsRule?.id),
    ...named('userId', facts.userId),
    ...named('userPrincipalName', facts.userPrincipalName),
    ...named('connectorId', facts.connectorId),
    ipAddress: facts.ipAddress,
    userAgent: facts.userAgent,
    requestBytes: facts.requestBytes,
    responseBytes: facts.responseBytes,
  }
}

/** The same with the decisions. */
export function recordOf(facts: RequestFacts): RequestRecord {
  return { ...summaryOf(facts), steps: trailOf(facts) }
}

// Clocks are set now and then; whoever reads a time twice must read the same one as long as they are not.
const clockJumpMs = 50
let wallOffsetMs = Date.now() - performance.now()

/** Whole epoch milliseconds of a time of `performance.now()`. */
export function wallClock(monotonicMs: number): number {
  const offsetMs = Date.now() - performance.now()
  if (Math.abs(offsetMs - wallOffsetMs) > clockJumpMs) wallOffsetMs = offsetMs
  return Math.floor(monotonicMs + wallOffsetMs)
}

/** Nobody was there any more to be answered. */
const clientLeft = 'client-left'

function urlOf({ scheme, host, path, hasQuery }: RequestFacts): string {
  return `${scheme}://${host}${path}${hasQuery ? '?…' : ''}`
}

function named<Name extends string>(name: Name, value: string | undefined) {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, string>)
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
