import { foldName } from '../../directory/schema.ts'
import { directoryRoles } from '../../identity/roles.ts'
import { adminPortalsWord } from '../shape/access-policy-body.ts'
import type { Known } from './known.ts'

/** What a document may name. Applications by three ids: their own, their app id and their service principal's. */
export const kinds = [
  ...(['connectorGroup', 'user', 'group', 'namedLocation', 'tokenLifetimePolicy'] as const),
  ...(['application', 'appId', 'servicePrincipal', 'directoryRole', 'policy'] as const),
] as const
export type NamedKind = (typeof kinds)[number]

/** What policies say in the place of a name. */
export const words: ReadonlySet<string> = new Set([
  ...['All', 'None', 'AllTrusted', adminPortalsWord],
])

interface Named {
  readonly id: string
  readonly name: string
}

/** Names for ids and ids for names. A name that several have is no name: the id stands in its place. */
export class Names {
  readonly #byKind: ReadonlyMap<NamedKind, readonly Named[]>
  readonly #nameOf = new Map<string, string>()
  readonly #idsOf = new Map<string, string[]>()

  constructor(known: Known) {
    this.#byKind = namedOf(known)
    for (const [kind, all] of this.#byKind) for (const each of all) this.#learn(kind, each)
  }

  #learn(kind: NamedKind, { id, name }: Named): void {
    const key = keyOf(kind, name)
    const ids = this.#idsOf.get(key)
    if (ids) ids.push(id)
    else this.#idsOf.set(key, [id])
    this.#nameOf.set(`${kind} ${id}`, name)
  }

  /** The name, if nobody else has it; else the id. */
  write(kind: NamedKind, id: string): string {
    const name = this.#nameOf.get(`${kind} ${id}`)
    const isName = name !== undefined && this.isUnique(kind, name) && !words.has(name)
    return isName ? name : id
  }

  isUnique(kind: NamedKind, name: string): boolean {
    return this.#idsOf.get(keyOf(kind, name))?.length === 1
  }

  /** Ids of those that are meant by a name or an id: one, if all is well. */
  read(kind: NamedKind, written: string): readonly string[] {
    const named = this.#idsOf.get(keyOf(kind, written))
    if (named) return named
    const id = written.toLowerCase()
    return this.#nameOf.has(`${kind} ${id}`) ? [id] : []
  }

  has(kind: NamedKind, id: string): boolean {
    return this.#nameOf.has(`${kind} ${id.toLowerCase()}`)
  }
}

// Names are compared as the directory compares them.
function keyOf(kind: NamedKind, name: string): string {
  return `${kind} ${foldName(name)}`
}

function namedOf(known: Known): ReadonlyMap<NamedKind, readonly Named[]> {
  const applications = known.applications.map(({ application }) => application)
  const shown = (each: { readonly id: string; readonly displayName: string }) => ({
    id: each.id,
    name: each.displayName,
  })
  return new Map<NamedKind, readonly Named[]>([
    ['connectorGroup', known.connectorGroups],
    ['user', known.people.map(({ id, userPrincipalName }) => ({ id, name: userPrincipalName }))],
    ['group', known.groups.map(({ group }) => shown(group))],
    ['namedLocation', known.namedLocations.map(shown)],
    ['tokenLifetimePolicy', known.tokenLifetimePolicies.map(shown)],
    ['application', applications.map(shown)],
    ['appId', applications.map(({ appId, displayName }) => ({ id: appId, name: displayName }))],
    [
      'servicePrincipal',
      applications.map(({ servicePrincipalId: id, displayName }) => ({ id, name: displayName })),
    ],
    ['directoryRole', directoryRoles.map(shown)],
    ['policy', known.policies.map(shown)],
  ])
}
