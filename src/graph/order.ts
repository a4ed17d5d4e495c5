import { type FilterFields, findField } from './filter.ts'
import { badRequest } from './refusal.ts'

/** More than any table has columns to sort by. */
const maxKeys = 8

type Compare<Item> = (a: Item, b: Item) => number

/**
 * Compiles an OData `$orderby`, such as `displayName desc,id`, over `fields`. Strings compare without case; what is not
 * there comes first (OData 4.01 URL conventions §5.1.5). Throws a Refusal (400).
 */
export function parseOrder<Item>(text: string, fields: FilterFields<Item>): Compare<Item> {
  const keys = text.split(',').map((key) => parseKey(key.trim(), fields))
  if (keys.length > maxKeys) throw malformed(`there are more than ${maxKeys} properties`)
  return (a, b) => {
    for (const compare of keys) {
      const difference = compare(a, b)
      if (difference !== 0) return difference
    }
    return 0
  }
}

function parseKey<Item>(key: string, fields: FilterFields<Item>): Compare<Item> {
  const [, path, direction = 'asc'] =
    /^([A-Za-z_][A-Za-z0-9_/]*)(?: +(asc|desc))?$/i.exec(key) ?? []
  if (path === undefined) throw malformed(`cannot read '${key.slice(0, 100)}'`)
  const get = findField(fields, path)
  if (!get) throw malformed(`the property '${path}' cannot be ordered by`)
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1
  return (a, b) => sign * compareValues(get(a), get(b))
}

function compareValues(a: unknown, b: unknown): number {
  const [left, right] = [sortable(a), sortable(b)]
  if (left === right) return 0
  if (left === undefined || right === undefined) return left === undefined ? -1 : 1
  return left < right ? -1 : 1
}

function sortable(value: unknown): string | number | undefined {
  if (typeof value === 'string') return value.toLowerCase()
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'number' ? value : undefined
}

function malformed(why: string) {
  return badRequest(`Invalid orderby clause: ${why}.`, 'bad-orderby')
}
