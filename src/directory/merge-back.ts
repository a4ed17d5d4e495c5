import { isDeepStrictEqual } from 'node:util'

/** Any JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

export interface Merged<Value> {
  readonly value: Value
  /** Where later changes and the roll-back want different things, as `publishing/segments/<id>/internalUrl`. */
  readonly overlaps: readonly string[]
}

/**
 * What `now` becomes when the change from `before` to `after` is taken back and later changes stay. Where both touched the
 * same place, `before` wins and the place is among the overlaps. Lists whose members have ids are merged by them, all others
 * are one value. `aside`: names of stamps that every change touches; those of `now` stay.
 */
export function mergeBack(
  before: JsonObject,
  after: JsonObject,
  now: JsonObject,
  aside: ReadonlySet<string>,
): Merged<JsonObject> {
  const overlaps: string[] = []
  const value = mergeObjects(before, after, now, { path: '', aside, overlaps })
  return { value, overlaps }
}

interface Place {
  readonly path: string
  readonly aside: ReadonlySet<string>
  readonly overlaps: string[]
}

type Maybe = Json | undefined

function merge(before: Maybe, after: Maybe, now: Maybe, place: Place): Maybe {
  if (isDeepStrictEqual(now, after)) return before
  if (isDeepStrictEqual(before, after) || isDeepStrictEqual(now, before)) return now
  if (isObject(before) && isObject(after) && isObject(now)) {
    return mergeObjects(before, after, now, place)
  }
  const lists = [before, after, now]
  if (lists.every(hasIds)) {
    const [was, became, is] = lists as [Identified, Identified, Identified] // `every` has looked
    return mergeLists(was, became, is, place)
  }
  place.overlaps.push(place.path)
  return before
}

function mergeObjects(
  before: JsonObject,
  after: JsonObject,
  now: JsonObject,
  place: Place,
): JsonObject {
  const names = new Set([...Object.keys(before), ...Object.keys(now), ...Object.keys(after)])
  const merged = [...names].flatMap((name) => {
    const value = place.aside.has(name)
      ? now[name]
      : merge(before[name], after[name], now[name], below(place, name))
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(merged)
}

type Identified = readonly (JsonObject & { readonly id: string })[]

/** The order of today; what comes back stands behind the one that it stood behind. */
function mergeLists(
  before: Identified,
  after: Identified,
  now: Identified,
  place: Place,
): readonly Json[] {
  const [was, became] = [before, after].map((list) => new Map(list.map((each) => [each.id, each])))
  const present = new Set(now.map(({ id }) => id))
  const result: (readonly [id: string, value: Json])[] = []
  for (const each of now) {
    const { id } = each
    const merged = merge(was?.get(id), became?.get(id), each, below(place, id))
    if (merged !== undefined) result.push([id, merged])
  }
  for (const [index, each] of before.entries()) {
    if (present.has(each.id)) continue
    const restored = merge(each, became?.get(each.id), undefined, below(place, each.id))
    if (restored === undefined) continue
    const previous = before.slice(0, index).map(({ id }) => id)
    const at = result.findLastIndex(([id]) => previous.includes(id))
    result.splice(at + 1, 0, [each.id, restored])
  }
  return result.map(([, value]) => value)
}

function below(place: Place, name: string): Place {
  return { ...place, path: place.path === '' ? name : `${place.path}/${name}` }
}

function isObject(value: Maybe): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasIds(value: Maybe): value is Identified {
  if (!Array.isArray(value)) return false
  const ids = value.map((each) => (isObject(each) ? each['id'] : undefined))
  return ids.every((id) => typeof id === 'string') && new Set(ids).size === ids.length
}
