import type { Application, ConnectorGroup, CorsRule, Publishing, Segment } from '../api/types.ts'
import { segmentsOf } from './facts.ts'

/** Part of the configuration as one document (docs/configuration-as-code.md): what is left out stays as it is. */
export interface ConfigurationPart {
  readonly applications: readonly object[]
}

/** An application with what of it changes. It is known by its id, so that it may get another name. */
export function applicationPart(
  { id, displayName }: Pick<Application, 'id' | 'displayName'>,
  changed: object,
): ConfigurationPart {
  return { applications: [{ id, displayName, ...changed }] }
}

/** Its publishing with what of it changes. */
export function publishingPart(
  application: Application,
  changed: Partial<Publishing>,
): ConfigurationPart {
  return applicationPart(application, { onPremisesPublishing: changed })
}

/** All its segments as they will be: a list in a document is the whole list. */
export function segmentsPart(
  application: Application,
  change: (segments: readonly Segment[]) => readonly Segment[],
): ConfigurationPart {
  const segments = change(segmentsOf(application.onPremisesPublishing)).map(withoutIds)
  return applicationPart(application, {
    onPremisesPublishing: { onPremisesApplicationSegments: segments },
  })
}

/** The rules of one segment, or of an application without segments, as they will be. */
export function rulesPart(
  application: Application,
  segmentId: string | undefined,
  change: (rules: readonly CorsRule[]) => readonly CorsRule[],
): ConfigurationPart {
  if (segmentId !== undefined) {
    return segmentsPart(application, (segments) =>
      segments.map((segment) => {
        if (segment.id !== segmentId) return segment
        return { ...segment, corsConfigurations: change(segment.corsConfigurations ?? []) }
      }),
    )
  }
  const rules = change(application.onPremisesPublishing?.corsConfigurations ?? [])
  return applicationPart(application, {
    onPremisesPublishing: { corsConfigurations: rules.map(withoutId) },
  })
}

/** It in another connector group, which documents call by its name. */
export function groupPart(
  application: Application,
  groups: readonly ConnectorGroup[],
  groupId: string,
): ConfigurationPart {
  const name = groups.find(({ id }) => id === groupId)?.name ?? groupId
  return applicationPart(application, { connectorGroup: name })
}

/** Those who are let in, beside whoever is already: people by user name, groups by name. */
export function assignmentsOf(
  principals: readonly {
    readonly displayName: string
    readonly detail: string
    readonly type: string
  }[],
  role: string,
): readonly object[] {
  return principals.map(({ displayName, detail, type }) => {
    return type === 'User' ? { user: detail, role } : { group: displayName, role }
  })
}

function withoutIds({ corsConfigurations = [], ...segment }: Segment): object {
  return { ...withoutId(segment), corsConfigurations: corsConfigurations.map(withoutId) }
}

function withoutId<Resource extends { readonly id?: string }>({
  id: _,
  ...rest
}: Resource): object {
  return rest
}
