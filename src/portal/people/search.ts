import { compact, oneOf, type RawSearch, textOf } from '../parts/search.ts'

const personStates = ['enabled', 'disabled'] as const

/** The list's filters. */
export interface PeopleSearch {
  readonly q?: string
  readonly state?: (typeof personStates)[number]
  readonly sort?: string
}

/** Reads the filters from the URL. */
export function peopleSearch(search: RawSearch): PeopleSearch {
  return compact({
    q: textOf(search, 'q'),
    state: oneOf(search, 'state', personStates),
    sort: textOf(search, 'sort'),
  })
}

/** The tabs of one person. */
export const personTabs = ['overview', 'sign-in', 'memberships', 'access'] as const
export type PersonTab = (typeof personTabs)[number]

/** Which tab is open. */
export interface PersonSearch {
  readonly tab?: PersonTab
}

/** Reads the tab from the URL. */
export function personSearch(search: RawSearch): PersonSearch {
  return compact({ tab: oneOf(search, 'tab', personTabs) })
}
