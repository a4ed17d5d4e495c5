/** A text as OData writes it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** `?$filter=…&$top=…` of the conditions that are there. */
export function logQuery(conditions: readonly (string | undefined)[], top: number): string {
  const said = conditions.filter((each) => each !== undefined)
  const filter = said.length === 0 ? '' : `$filter=${encodeURIComponent(said.join(' and '))}&`
  return `?${filter}$top=${top}`
}

const dayMs = 86_400_000
const hourMs = 3_600_000

/** Since so many days ago, to the hour, so that the same question keeps its answer for a while. */
export function since(property: string, days: string | undefined, now: number): string | undefined {
  if (days === undefined) return undefined
  const at = Math.floor((now - Number(days) * dayMs) / hourMs) * hourMs
  return `${property} ge ${new Date(at).toISOString()}`
}
