import { isDeepStrictEqual } from 'node:util'

/** One place in which two documents differ; null where one of them has nothing there. */
export interface Difference {
  /** Names from the outside in, with slashes; members of lists by their id where they have one. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/**
 * Where two documents differ, field by field. Lists whose members have ids are compared by these, so that a path stays what
 * it is when others come and go: `onPremisesPublishing/onPremisesApplicationSegments/<id>/internalUrl`. All other lists are
 * one value.
 */
export function differences(before: unknown, after: unknown): readonly Difference[] {
  return compare(before ?? null, after ?? null, '')
}

function compare(before: unknown, after: unknown, path: string): readonly Difference[] {
  if (isDeepStrictEqual(before, after)) return []
  const old = membersOf(before)
  const now = membersOf(after)
  if (!old || !now || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, before, after }]
  }
  const names = new Set([...old.keys(), ...now.keys()])
  const found = [...names].flatMap((name) =>
    compare(old.get(name) ?? null, now.get(name) ?? null, path === '' ? name : `${path}/${name}`),
  )
  // The same members in another order.
  return found.length > 0 ? found : [{ path, before, after }]
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return new Map(Object.entries(value))
  const members = value.map((each: unknown) => [idOf(each), each] as const)
  const ids = new Set(members.map(([id]) => id))
  if (ids.has(undefined) || ids.size < members.length) return undefined
  return new Map(members.flatMap(([id, each]) => (id === undefined ? [] : [[id, each]])))
}

function idOf(member: unknown): string | undefined {
  const { id } = (member ?? {}) as { id?: unknown }
  return typeof id === 'string' ? id : undefined
}
