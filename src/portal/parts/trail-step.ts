/** One decision of the edge about one request, as the API tells it. */
export interface TrailStep {
  readonly step: string
  readonly verdict: 'passed' | 'refused' | 'answered' | 'skipped'
  readonly code?: string
  readonly reason: string
  readonly subject?: {
    readonly kind: string
    readonly id: string
    readonly displayName?: string
  }
  readonly tookMs?: number
}
