/** A JSON object of the API. */
export type Resource = Readonly<Record<string, unknown>>

/** What stands at a path such as `status/errorCode`; undefined where there is nothing. */
export function valueAt(resource: unknown, path: string): unknown {
  return path.split('/').reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null) return undefined
    return (value as Resource)[name]
  }, resource)
}

/** The same as text; `''` where there is nothing. */
export function textAt(resource: unknown, path: string): string {
  const value = valueAt(resource, path)
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The same as a list of objects. */
export function listAt(resource: unknown, path: string): readonly Resource[] {
  const value = valueAt(resource, path)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item) : []
}

/** The same as a list of words. */
export function wordsAt(resource: unknown, path: string): readonly string[] {
  const value = valueAt(resource, path)
  return Array.isArray(value) ? value.map(String) : []
}

/** Without OData's annotations, which are about the transport. */
export function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith('@odata.') || name === '@odata.type')
      .map(([name, part]) => [name, withoutAnnotations(part)]),
  )
}
