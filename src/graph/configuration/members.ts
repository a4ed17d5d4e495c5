import { z } from 'zod'
import { readBodyParts } from '../shape/body.ts'
import type { Applying } from './applying.ts'
import type { Known } from './known.ts'
import type { NamedKind } from './names.ts'
import { applyOwners, ownerList } from './owners.ts'
import type { Matched } from './plain-sections.ts'

// More people in one group than a document of the size that is read could name.
const maxMembers = 50_000
const memberList = z.array(z.string()).max(maxMembers)
/** Who is in a group. */
export const groupMembers = z.object({
  users: memberList.optional(),
  groups: memberList.optional(),
  owners: ownerList.optional(),
})
/** Who has a role. */
export const roleMembers = z.strictObject({
  displayName: z.string(),
  members: memberList.optional(),
})

/** Who is in the groups; whoever the document does not name leaves with `prune` only. */
export async function applyGroupMembers(
  applying: Applying,
  matched: readonly Matched[],
  known: Known,
): Promise<void> {
  const { directory, change } = applying.call
  const byId = new Map(known.groups.map((each) => [each.group.id, each]))
  for (const { item, path } of matched) {
    const wanted = readPart(applying, groupMembers, item, path)
    const id = idOf(applying, 'group', item, path)
    if (!wanted || id === undefined) continue
    const now = byId.get(id)
    for (const [part, kind, present] of [
      ['users', 'user', now?.people ?? []],
      ['groups', 'group', now?.groups ?? []],
    ] as const) {
      const names = wanted[part]
      if (!names) continue
      await follow(
        applying,
        kind,
        names,
        present.map((each) => each.id),
        `${path}/${part}`,
        {
          add: (member) => directory.addGroupMember(id, member, change),
          remove: (member) => directory.removeGroupMember(id, member, change),
        },
      )
    }
    await applyOwners(applying, { kind: 'group', id, path }, wanted.owners, now?.owners ?? [])
  }
}

/** Who administers. The last administrator stays, whatever the document says. */
export async function applyRoleMembers(
  applying: Applying,
  matched: readonly Matched[],
  known: Known,
): Promise<void> {
  const { directory, change } = applying.call
  for (const { item, path } of matched) {
    const wanted = readPart(applying, roleMembers, item, path)
    const id =
      wanted && applying.resolve('directoryRole', wanted.displayName, `${path}/displayName`)
    if (!wanted?.members || id === undefined) continue
    const now = known.roles.find(({ role }) => role.id === id)?.members ?? []
    await follow(
      applying,
      'user',
      wanted.members,
      now.map((each) => each.id),
      `${path}/members`,
      {
        add: (member) => directory.addRoleMember(id, member, change),
        remove: (member) => directory.removeRoleMember(id, member, change),
      },
    )
  }
}

interface Members {
  readonly add: (id: string) => Promise<unknown>
  readonly remove: (id: string) => Promise<unknown>
}

async function follow(
  applying: Applying,
  kind: NamedKind,
  names: readonly string[],
  present: readonly string[],
  path: string,
  members: Members,
): Promise<void> {
  const wanted = new Set<string>()
  const there = new Set(present)
  for (const [at, name] of names.entries()) {
    const id = applying.resolve(kind, name, `${path}/${at}`)
    if (id === undefined || wanted.has(id)) continue
    wanted.add(id)
    if (there.has(id)) continue
    await applying.attempt(`${path}/${at}`, () => members.add(id))
  }
  if (!applying.prune) return
  for (const id of present) {
    if (!wanted.has(id)) await applying.attempt(path, () => members.remove(id))
  }
}

/** What the document says in a part that no handler of the API reads, as far as it can be read; the rest is issues. */
export function readPart<Value>(
  applying: Applying,
  schema: z.ZodType<Value>,
  item: unknown,
  path: string,
): Value | undefined {
  const { value, issues } = readBodyParts(schema, item)
  for (const issue of issues) {
    applying.say(issue.path === '' ? path : `${path}/${issue.path}`, issue.code, issue.message)
  }
  return value
}

/** The id of a resource of the document once it was made; undefined when it was not, which has been said. */
function idOf(
  applying: Applying,
  kind: NamedKind,
  item: Matched['item'],
  path: string,
): string | undefined {
  const { id, displayName } = item
  if (typeof id === 'string' && applying.names.has(kind, id)) return id.toLowerCase()
  // Whoever could not be made has an issue already.
  if (applying.names.read(kind, String(displayName)).length === 0) return undefined
  return applying.resolve(kind, displayName, path)
}
