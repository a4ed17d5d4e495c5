import type { Kind } from './search.ts'

/** What the kinds are called. */
export const kindLabels: Readonly<Record<Kind, string>> = {
  regular: 'Regular',
  wildcard: 'Wildcard',
  complex: 'Complex',
  unpublished: 'Not published',
}
