import type { GraphClient, Json } from './graph-client.ts'

/** A segment of one of the demo's applications, as it is in this run; `label` is the first of its external host. */
export interface Place {
  readonly label: string
  readonly externalUrl: string
  readonly internalUrl: string
}

const customTemplate = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'

/** The id of the application of that name, undefined when there is none. */
export async function findApplication(
  graph: GraphClient,
  displayName: string,
): Promise<string | undefined> {
  const known = await findFirst(graph, `/applications?$filter=displayName eq '${displayName}'`)
  return known && String(known['id'])
}

/** Makes an application that is not published yet; its id. */
export async function createApplication(graph: GraphClient, displayName: string): Promise<string> {
  const path = `/applicationTemplates/${customTemplate}/instantiate`
  const made = await graph.call('POST', path, { displayName })
  const application = made?.['application'] as Json
  return String(application['id'])
}

/** The first member of a collection. */
export async function findFirst(graph: GraphClient, path: string): Promise<Json | undefined> {
  const found = ((await graph.call('GET', path))?.['value'] ?? []) as Json[]
  return found[0]
}

/** Ports are not forever: what an earlier run wrote down is brought up to date, the rules stay as they are. */
export async function moveAddresses(
  graph: GraphClient,
  id: string,
  places: readonly Place[],
  wildcardExternal?: string,
): Promise<void> {
  const kept = await graph.call('GET', `/applications/${id}/onPremisesPublishing`)
  const segments = (kept?.['onPremisesApplicationSegments'] as Json[]) ?? []
  const moves = segments.flatMap((segment) => {
    const place = placeOf(segment, places)
    return place ? [[originOf(segment['externalUrl']), originOf(place.externalUrl)] as const] : []
  })
  const moved = segments.map((segment) => moveSegment(segment, places, moves))
  const same = JSON.stringify(moved) === JSON.stringify(segments)
  const own = wildcardExternal === undefined ? {} : { externalUrl: wildcardExternal }
  if (same && (wildcardExternal ?? kept?.['externalUrl']) === kept?.['externalUrl']) return
  await graph.call('PATCH', `/applications/${id}/onPremisesPublishing`, {
    ...own,
    onPremisesApplicationSegments: moved,
  })
}

function placeOf(segment: Json, places: readonly Place[]): Place | undefined {
  return places.find(({ label }) => String(segment['externalUrl']).startsWith(`https://${label}.`))
}

function originOf(url: unknown): string {
  return String(url).replace(/\/$/, '')
}

function moveSegment(
  segment: Json,
  places: readonly Place[],
  moves: readonly (readonly [string, string])[],
): Json {
  let rules = JSON.stringify(segment['corsConfigurations'] ?? [])
  for (const [before, now] of moves) rules = rules.replaceAll(`"${before}"`, `"${now}"`)
  const corsConfigurations = JSON.parse(rules) as unknown
  const place = placeOf(segment, places)
  if (!place) return segment
  const { externalUrl, internalUrl } = place
  return { ...segment, externalUrl, internalUrl, corsConfigurations }
}
