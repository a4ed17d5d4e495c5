import type { TrailSubject } from '../base/trail.ts'
import type { RuleName } from '../cors/decide.ts'
import type { Route, RoutedApplication } from '../publishing/route-table.ts'

/** An application, as a step or a finding names it. */
export function applicationSubject({ id, displayName }: RoutedApplication): TrailSubject {
  return { kind: 'application', id, displayName }
}

/** The segment of a route, or its application where it has none. */
export function segmentSubject({ segmentId, external, application }: Route): TrailSubject {
  if (segmentId === undefined) return applicationSubject(application)
  return { kind: 'segment', id: segmentId, displayName: external.origin + external.pathPrefix }
}

/** A CORS rule. */
export function ruleSubject({ id, resource }: RuleName): TrailSubject {
  return { kind: 'corsConfiguration', id, displayName: resource }
}
