import { useQuery } from '@tanstack/react-query'
import { collection } from '../api/queries.ts'
import type { Application, Group, Person } from '../api/types.ts'
import { placeGroups } from './places.ts'
import { type Hit, rankHits } from './rank-hits.ts'

const pages: readonly Hit[] = placeGroups.flatMap(({ places }) =>
  places.map(({ label, path, words }) => ({
    label,
    detail: '',
    kind: 'Page' as const,
    path,
    words,
  })),
)

const actions: readonly Hit[] = [
  action('Publish an application', '/applications/new', 'new create add'),
  action('Add a connector', '/connectors/new', 'new enrol token install'),
  action('Invite somebody', '/people/new', 'new create add person user password pass'),
  action('New conditional access policy', '/policies/new', 'create add mfa block'),
  action('Try policies on somebody', '/policies?tab=what-if', 'what if conditional access'),
]

function action(label: string, path: string, words: string): Hit {
  return { label, detail: '', kind: 'Action', path, words }
}

// More than fits on a screen wants another word.
const hitsMax = 12

/** What the palette finds, the best first. Lists that are not there yet, or may not be read, are simply left out. */
export function usePaletteHits(text: string): readonly Hit[] {
  const { data: applications = [] } = useQuery(
    collection<Application>('/applications?$select=id,displayName,appId'),
  )
  const { data: people = [] } = useQuery({
    ...collection<Person>('/users'),
    enabled: isPlace('/people'),
  })
  const { data: groups = [] } = useQuery({
    ...collection<Group>('/groups'),
    enabled: isPlace('/groups'),
  })
  const all: readonly Hit[] = [
    ...pages,
    ...actions,
    ...applications.map(({ id, displayName, appId }): Hit => {
      return {
        label: displayName,
        detail: '',
        kind: 'Application',
        path: `/applications/${id}`,
        words: appId,
      }
    }),
    ...people.map(({ id, displayName, userPrincipalName }): Hit => {
      return {
        label: displayName,
        detail: userPrincipalName,
        kind: 'Person',
        path: `/people/${id}`,
        words: '',
      }
    }),
    ...groups.map(({ id, displayName }): Hit => {
      return { label: displayName, detail: '', kind: 'Group', path: `/groups/${id}`, words: '' }
    }),
  ]
  return rankHits(all, text).slice(0, hitsMax)
}

function isPlace(path: string): boolean {
  return pages.some((page) => page.path === path)
}
