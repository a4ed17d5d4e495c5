import type { TrailStep } from './trail-step.ts'

const pages: Readonly<Record<string, string>> = {
  application: '/applications',
  conditionalAccessPolicy: '/policies',
  connector: '/connectors',
}

const tabs: Readonly<Record<string, string>> = { segment: 'segments', corsConfiguration: 'cors' }

/** The page about what a decision is about; `application` is whose segments and rules they are. */
export function subjectPath(
  { kind, id, displayName }: NonNullable<TrailStep['subject']>,
  application: string | undefined,
): string | undefined {
  // Programs have no user name, and no page among people.
  if (kind === 'person') return displayName?.includes('@') ? `/people/${id}` : undefined
  const tab = tabs[kind]
  if (tab !== undefined) return application && `/applications/${application}?tab=${tab}`
  const page = pages[kind]
  return page === undefined ? undefined : `${page}/${id}`
}
