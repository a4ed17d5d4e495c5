import type { Api } from './api.ts'
import { appKind, namesOfUrl, segmentsOf } from './app-kind.ts'
import { ambiguousName, isGuid, nameOf, pathOf, resolve, unknownName } from './kind.ts'
import { type Resource, textAt, valueAt } from './resource.ts'

/** An application, or one segment of it: what CORS rules stand on. */
export interface Target {
  readonly app: Resource
  readonly segment: Resource | undefined
  /** How sentences call it. */
  readonly name: string
  /** Where the API has it. */
  readonly path: string
}

/** A segment and its application. */
export type SegmentTarget = Target & { readonly segment: Resource }

const segmentsPath =
  '/onPremisesPublishing/segmentsConfiguration/microsoft.graph.webSegmentConfiguration/applicationSegments'

/** Where the segments of an application are. */
export function segmentsPathOf(app: Resource): string {
  return `${pathOf(appKind, app)}${segmentsPath}`
}

function ofApp(app: Resource): Target {
  const path = `${pathOf(appKind, app)}/onPremisesPublishing`
  return { app, segment: undefined, name: nameOf(appKind, app), path }
}

function ofSegment(app: Resource, segment: Resource): SegmentTarget {
  const host = URL.parse(textAt(segment, 'externalUrl'))?.host ?? textAt(segment, 'id')
  return { app, segment, name: host, path: `${segmentsPathOf(app)}/${textAt(segment, 'id')}` }
}

/** Every segment there is, with its application. */
export async function allSegments(api: Api): Promise<readonly SegmentTarget[]> {
  const apps = await api.list(appKind.path, { select: appKind.select })
  return apps.flatMap((app) => segmentsOf(app).map((segment) => ofSegment(app, segment)))
}

/** Segments of one application, or of all. */
export async function segmentsIn(
  api: Api,
  word: string | undefined,
): Promise<readonly SegmentTarget[]> {
  if (word === undefined) return allSegments(api)
  const app = await resolve(api, appKind, word)
  return segmentsOf(app).map((segment) => ofSegment(app, segment))
}

/**
 * The segment that a word means: its id, its URL, its host, or the first label of its host; `app/segment` where several
 * applications have one of that name. Throws a Failure otherwise.
 */
export async function resolveSegment(api: Api, word: string): Promise<SegmentTarget> {
  const segments = await allSegments(api)
  return pick(word, segments) ?? missing('segment', word, segments, 'segments list')
}

/** The application or the segment that a word means. */
export async function resolveTarget(api: Api, word: string): Promise<Target> {
  const apps = await api.list(appKind.path, { select: appKind.select })
  const published = apps.filter((app) => valueAt(app, 'onPremisesPublishing'))
  const segments = published.flatMap((app) => segmentsOf(app).map((each) => ofSegment(app, each)))
  const targets: Target[] = [...published.map(ofApp), ...segments]
  const found = pick(word, targets)
  return found ?? missing('application or segment', word, targets, 'segments list')
}

/** Every published application without segments, and every segment. */
export async function allTargets(api: Api): Promise<readonly Target[]> {
  const apps = await api.list(appKind.path, { select: appKind.select })
  return apps
    .filter((app) => valueAt(app, 'onPremisesPublishing'))
    .flatMap((app) => [ofApp(app), ...segmentsOf(app).map((each) => ofSegment(app, each))])
}

/** The words that mean a target, lower-case. */
export function namesOfTarget({ app, segment, name }: Target): readonly string[] {
  if (segment === undefined) {
    const others = appKind.otherNames?.(app) ?? []
    return [name, textAt(app, 'id'), ...others].map((each) => each.toLowerCase())
  }
  const own = [textAt(segment, 'id'), name, name.split('.')[0] ?? '']
  const all = [...own, ...namesOfUrl(textAt(segment, 'externalUrl'))]
  const inApp = all.map((each) => `${nameOf(appKind, app)}/${each}`)
  return [...all, ...inApp].map((each) => each.toLowerCase())
}

function pick<Found extends Target>(word: string, targets: readonly Found[]): Found | undefined {
  const wanted = word.toLowerCase()
  const found = targets.filter((target) => namesOfTarget(target).includes(wanted))
  // A segment is the narrower thing: rules and requests go there first.
  const narrow = found.filter(({ segment }) => segment !== undefined)
  const best = narrow.length > 0 && !isGuid(word) ? narrow : found
  if (best.length > 1) throw ambiguousName('segment', word, best.map(describe))
  return best[0]
}

function describe({ app, segment, name }: Target): string {
  const id = textAt(segment ?? app, 'id')
  return `${id}  ${segment ? `${nameOf(appKind, app)}/` : ''}${name}`
}

function missing(
  noun: string,
  word: string,
  targets: readonly Target[],
  listCommand: string,
): never {
  const names = targets.flatMap(({ name, segment }) =>
    segment ? [name, name.split('.')[0] ?? ''] : [name],
  )
  throw unknownName(noun, word, names, listCommand)
}
