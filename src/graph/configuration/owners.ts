import { z } from 'zod'
import type { OwnedKind, Owner } from '../../directory/owner.ts'
import type { Applying } from './applying.ts'
import type { Names } from './names.ts'

const owner = z
  .strictObject({ user: z.string().optional(), application: z.string().optional() })
  .refine(
    ({ user, application }) => (user === undefined) !== (application === undefined),
    'must name a user or an application',
  )
type OwnerPart = z.output<typeof owner>

// As many as the directory takes.
const maxOwners = 100
/** Who owns an application or a group. */
export const ownerList = z.array(owner).max(maxOwners)

/** Owners as the document names them. */
export function writeOwners(names: Names, owners: readonly Owner[]): readonly OwnerPart[] {
  const named = owners.map(
    ({ id, type }): OwnerPart =>
      type === 'User'
        ? { user: names.write('user', id) }
        : { application: names.write('servicePrincipal', id) },
  )
  const key = ({ user, application }: OwnerPart) => `${user ?? ''} ${application ?? ''}`
  return named.sort((one, other) => (key(one) < key(other) ? -1 : 1))
}

/** Makes those owners whom the document names; others stop being one with `prune` only. */
export async function applyOwners(
  applying: Applying,
  { kind, id, path }: { readonly kind: OwnedKind; readonly id: string; readonly path: string },
  owners: readonly OwnerPart[] | undefined,
  present: readonly Owner[],
): Promise<void> {
  if (!owners) return
  const { directory, change } = applying.call
  const wanted = new Set<string>()
  for (const [at, { user, application }] of owners.entries()) {
    const place = `${path}/owners/${at}`
    const ownerId =
      user === undefined
        ? applying.resolve('servicePrincipal', application, `${place}/application`)
        : applying.resolve('user', user, `${place}/user`)
    if (ownerId === undefined || wanted.has(ownerId)) continue
    wanted.add(ownerId)
    if (present.some((each) => each.id === ownerId)) continue
    await applying.attempt(place, () => directory.owners.add(kind, id, ownerId, change))
  }
  if (!applying.prune) return
  for (const each of present) {
    if (wanted.has(each.id)) continue
    const remove = () => directory.owners.remove(kind, id, each.id, change)
    await applying.attempt(`${path}/owners`, remove)
  }
}
