import type {
  Application,
  ApplicationHealth,
  Publishing,
  Segment,
  SegmentHealth,
} from '../api/types.ts'
import type { Kind, Status } from './search.ts'

/** Segments of a publishing, none when it has none. */
export function segmentsOf(publishing: Publishing | null | undefined): readonly Segment[] {
  return publishing?.segmentsConfiguration?.applicationSegments ?? []
}

/** Regular, wildcard, complex, or not published at all. */
export function kindOf({ onPremisesPublishing: publishing }: Application): Kind {
  if (!publishing) return 'unpublished'
  if (segmentsOf(publishing).length > 0 || publishing.externalUrl === null) return 'complex'
  if (!publishing.externalUrl.includes('*')) return 'regular'
  return publishing.whenNoSegments === 'closed' ? 'complex' : 'wildcard'
}

/** The URLs at which people reach it. */
export function externalUrlsOf({
  onPremisesPublishing: publishing,
}: Application): readonly string[] {
  const segments = segmentsOf(publishing).map(({ externalUrl }) => externalUrl)
  if (segments.length > 0) return segments
  return publishing?.externalUrl ? [publishing.externalUrl] : []
}

/** How an application fares: what its administrator decided first, then what connectors found. */
export function statusOf(
  { onPremisesPublishing: publishing }: Application,
  health: ApplicationHealth['status'] | undefined,
): Status {
  if (!publishing) return 'off'
  if (publishing.isInMaintenance) return 'maintenance'
  return health ?? 'unknown'
}

/** Data paths that can be looked at: what stands behind a star is only known when somebody asks for it. */
export function probed(health: readonly SegmentHealth[]): readonly SegmentHealth[] {
  return health.filter(({ internalUrl }) => !internalUrl.includes('*'))
}

/** The first thing to click: a page a person can open, never one with a star. */
export function openUrlOf(application: Application): string | undefined {
  const home = application.web.homePageUrl
  if (home !== null && home !== '') return home
  return externalUrlsOf(application).find((url) => !url.includes('*'))
}
