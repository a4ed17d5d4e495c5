import type { Rows } from './storage.ts'

/** Which groups contain which, one step at a time. */
export interface Nesting {
  /** group id → groups that it is a member of */
  readonly above: ReadonlyMap<string, readonly string[]>
  /** group id → groups that are members of it */
  readonly below: ReadonlyMap<string, readonly string[]>
}

/** All groups inside groups. */
export async function readNesting(rows: Rows): Promise<Nesting> {
  const all = await rows.selectFrom('nested_group').selectAll().execute()
  const above = new Map<string, string[]>()
  const below = new Map<string, string[]>()
  for (const { group_id, member_group_id } of all) {
    addTo(above, member_group_id, group_id)
    addTo(below, group_id, member_group_id)
  }
  return { above, below }
}

/** The group and all that can be reached from it, each once, however they contain each other. */
export function reach(steps: ReadonlyMap<string, readonly string[]>, id: string): Set<string> {
  const found = new Set([id])
  // A set may grow while it is walked.
  for (const at of found) for (const next of steps.get(at) ?? []) found.add(next)
  return found
}

function addTo(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}
