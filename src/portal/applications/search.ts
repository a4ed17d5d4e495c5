import { compact, oneOf, type RawSearch, textOf } from '../parts/search.ts'

/** What an application is, as it shows in lists. */
export const kinds = ['regular', 'wildcard', 'complex', 'unpublished'] as const
export type Kind = (typeof kinds)[number]

/** How an application fares. */
export const statuses = [
  'healthy',
  'degraded',
  'unreachable',
  'unknown',
  'maintenance',
  'off',
] as const
export type Status = (typeof statuses)[number]

/** The list's filters. */
export interface ApplicationSearch {
  readonly q?: string
  readonly kind?: Kind
  readonly status?: Status
  readonly sort?: string
}

/** Reads the filters from the URL. */
export function applicationSearch(search: RawSearch): ApplicationSearch {
  return compact({
    q: textOf(search, 'q'),
    kind: oneOf(search, 'kind', kinds),
    status: oneOf(search, 'status', statuses),
    sort: textOf(search, 'sort'),
  })
}

/** The tabs of one application. */
export const applicationTabs = [
  'overview',
  'publishing',
  'segments',
  'cors',
  'single-sign-on',
  'assignments',
  'sessions',
  'delete',
] as const
export type ApplicationTab = (typeof applicationTabs)[number]

/** Which tab is open. */
export interface DetailSearch {
  readonly tab?: ApplicationTab
}

/** Reads the tab from the URL. */
export function detailSearch(search: RawSearch): DetailSearch {
  return compact({ tab: oneOf(search, 'tab', applicationTabs) })
}
