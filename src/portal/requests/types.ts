import type { TrailStep } from '../parts/trail-step.ts'

/** A request as the edge remembers it. */
export interface LiveRequest {
  readonly id: string
  readonly startedDateTime: string
  readonly durationInMilliseconds: number
  readonly isOpen: boolean
  readonly method: string
  readonly url: string
  readonly protocol: string
  readonly status: number | null
  readonly kind: RequestKind
  readonly origin?: string
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
  readonly requestBytes: number
  readonly responseBytes: number
  readonly steps: readonly TrailStep[]
}

export const requestKinds = [
  'navigation',
  'script',
  'preflight',
  'corsRequest',
  'webSocket',
  'other',
] as const
export type RequestKind = (typeof requestKinds)[number]
