import { useQuery } from '@tanstack/react-query'
import { collection } from '../api/queries.ts'
import type { Application, ApplicationHealth, SegmentHealth } from '../api/types.ts'
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

/** How each of them fares, by one call for all. */
export function useStatuses(applications: readonly Application[]): ListedApplication[] {
  const health = useQuery({
    ...collection<ApplicationHealth>(
      '/onPremisesPublishingProfiles/applicationProxy/applicationHealth',
    ),
    refetchInterval: refreshMs,
  })
  const isKnown = !health.isPending
  const byId = new Map(health.data?.map(({ id, status }) => [id, status]))
  return applications.map((application) => ({
    application,
    status: isKnown ? statusOf(application, byId.get(application.id)) : undefined,
  }))
}

// Connectors look every 30 s, and tell at once when a request did not get there.
const refreshMs = 15_000
