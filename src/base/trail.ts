/** The steps of a request through the edge, in the order in which they are taken. */
export const trailSteps = [
  'listen',
  'resolve',
  'cors',
  'maintenance',
  'authenticate',
  'assign',
  'policy',
  'webSocket',
  'forward',
  'answer',
] as const

export type TrailStepName = (typeof trailSteps)[number]

/**
 * `passed`: the request went on; `refused`: it ends here, and not well; `answered`: it ends here with what was asked
 * for; `skipped`: there was nothing to decide.
 */
export type TrailVerdict = 'passed' | 'refused' | 'answered' | 'skipped'

export type TrailSubjectKind =
  | 'application'
  | 'segment'
  | 'corsConfiguration'
  | 'conditionalAccessPolicy'
  | 'person'
  | 'connector'
  | 'internalUrl'

/** What decided, or was decided on. */
export interface TrailSubject {
  readonly kind: TrailSubjectKind
  readonly id: string
  readonly displayName?: string
}

/** One decision of the edge about one request, with its reason; written alike by live requests and by `explain`. [D1] [G5] */
export interface TrailStep {
  readonly step: TrailStepName
  readonly verdict: TrailVerdict
  /** The stable code of a refusal, as on error pages. */
  readonly code?: string
  /** One sentence. */
  readonly reason: string
  readonly subject?: TrailSubject
  /** Milliseconds; absent where nothing was measured. */
  readonly tookMs?: number
}

/** What a step may have beyond its reason. */
export type TrailDetails = Pick<TrailStep, 'code' | 'subject' | 'tookMs'>

/** A step after which the request goes on. */
export function passed(step: TrailStepName, reason: string, details: TrailDetails = {}): TrailStep {
  return { step, verdict: 'passed', reason, ...details }
}

/** The step that refuses the request; `code` as on the error page. */
export function refused(
  step: TrailStepName,
  code: string,
  reason: string,
  details: Omit<TrailDetails, 'code'> = {},
): TrailStep {
  return { step, verdict: 'refused', code, reason, ...details }
}

/** The step that gives the request its answer. */
export function answered(
  step: TrailStepName,
  reason: string,
  details: TrailDetails = {},
): TrailStep {
  return { step, verdict: 'answered', reason, ...details }
}

/** A step that had nothing to decide, with the reason why not. */
export function skipped(step: TrailStepName, reason: string): TrailStep {
  return { step, verdict: 'skipped', reason }
}
