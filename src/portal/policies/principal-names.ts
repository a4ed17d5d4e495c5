import { useQuery } from '@tanstack/react-query'
import { collection } from '../api/queries.ts'
import type { Group, Person } from '../api/types.ts'
import type { Principal } from '../parts/principal-picker.tsx'

/** People and groups by their ids; one that is gone, or may not be read, is called by its id. */
export function usePrincipalNames(): (id: string) => Principal {
  const { data: people = [] } = useQuery(collection<Person>('/users'))
  const { data: groups = [] } = useQuery(collection<Group>('/groups'))
  return (id) => {
    const group = groups.find((each) => each.id === id)
    if (group) return { id, displayName: group.displayName, detail: '', type: 'Group' }
    const person = people.find((each) => each.id === id)
    const { displayName = id, userPrincipalName: detail = '' } = person ?? {}
    return { id, displayName, detail, type: 'User' }
  }
}
