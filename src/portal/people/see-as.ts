import { askApi } from '../api/client.ts'
import type { Application } from '../api/types.ts'
import { externalUrlsOf, openUrlOf } from '../applications/facts.ts'

/** A step of the edge's decision on a request. */
export interface TrailStep {
  readonly step: string
  readonly verdict: 'passed' | 'refused' | 'answered' | 'skipped'
  readonly reason: string
  readonly code?: string
  readonly subject?: { readonly kind: string; readonly id: string; readonly displayName?: string }
}

/** What the edge would do with a request. */
export interface Explanation {
  readonly outcome: {
    readonly kind: 'answered' | 'signIn' | 'ownPage' | 'forwarded'
    readonly status: number | null
    readonly code: string | null
  }
  readonly steps: readonly TrailStep[]
  readonly explanation: string
}

/** Whose eyes, and from where. */
export interface Viewer {
  readonly userId: string
  /** Empty: an address that no policy knows. */
  readonly ipAddress: string
  readonly isMultiFactor: boolean
}

/** Asks what the edge would do if this person opened the application now. */
export function seeAs(viewer: Viewer, application: Application): Promise<Explanation> {
  const { ipAddress, ...who } = viewer
  const url = urlToOpen(application)
  const request = { url, mode: 'navigate', ...who, ...(ipAddress !== '' && { ipAddress }) }
  return askApi<Explanation>('/doctor/explain', { request })
}

/** A page of the application: some host where a star stands for all of them. */
export function urlToOpen(application: Application): string {
  const url = openUrlOf(application) ?? externalUrlsOf(application)[0] ?? ''
  return url.replace('//*', '//www')
}

/** What it comes to for the person. */
export interface Sight {
  readonly verdict: 'enters' | 'stepUp' | 'refused'
  /** Why, in the edge's own words. */
  readonly reasons: readonly string[]
}

// What says who gets in; the others are about where things are.
const deciding: readonly string[] = ['authenticate', 'assign', 'policy']

/** The edge's decision as a person would put it. */
export function sightOf({ outcome, steps, explanation }: Explanation): Sight {
  const verdict =
    outcome.kind === 'forwarded' ? 'enters' : outcome.kind === 'signIn' ? 'stepUp' : 'refused'
  const told = steps.filter(
    ({ step, verdict: each }) =>
      each === 'refused' || (deciding.includes(step) && each !== 'skipped'),
  )
  const reasons = told.filter(({ step }) => step !== 'authenticate').map(({ reason }) => reason)
  return { verdict, reasons: reasons.length > 0 ? reasons : [explanation] }
}
