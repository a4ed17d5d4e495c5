import { compact, oneOf, type RawSearch, textOf } from '../parts/search.ts'

/** The parts of the page about policies. */
export const policyTabs = ['policies', 'locations', 'lifetimes', 'what-if'] as const
export type PolicyTab = (typeof policyTabs)[number]

/** Which part is open; of a what-if, about whom and where to. */
export interface PoliciesSearch {
  readonly tab?: PolicyTab
  readonly person?: string
  readonly app?: string
}

/** Reads it from the URL. */
export function policiesSearch(search: RawSearch): PoliciesSearch {
  return compact({
    tab: oneOf(search, 'tab', policyTabs),
    person: textOf(search, 'person'),
    app: textOf(search, 'app'),
  })
}
