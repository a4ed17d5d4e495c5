import { useQueries, useQuery } from '@tanstack/react-query'
import { collection } from '../api/queries.ts'
import type { Application, SegmentHealth } from '../api/types.ts'
import { statusOf } from './facts.ts'
import type { Status } from './search.ts'

/** An application with how it fares; undefined while that is being asked. */
export interface ListedApplication {
  readonly application: Application
  readonly status: Status | undefined
}

const listed =
  '/applications?$select=id,appId,displayName,createdDateTime,tags,web,onPremisesPublishing'

/** All applications. */
export function useApplications() {
  return useQuery(collection<Application>(listed))
}

/** Where one application stands in the API. */
export function applicationPath(id: string): string {
  return `/applications/${id}`
}

/** The data paths of one application. */
export function segmentHealth(id: string) {
  return collection<SegmentHealth>(`${applicationPath(id)}/onPremisesPublishing/segmentHealth`)
}

/** How each of them fares, asked one by one: the list is there before the last one has answered. */
export function useStatuses(applications: readonly Application[]): ListedApplication[] {
  const published = applications.filter(({ onPremisesPublishing }) => onPremisesPublishing)
  const health = useQueries({ queries: published.map(({ id }) => segmentHealth(id)) })
  return applications.map((application) => {
    const answer = health[published.indexOf(application)]
    const known = answer === undefined || answer.data !== undefined || answer.isError
    return { application, status: known ? statusOf(application, answer?.data) : undefined }
  })
}
