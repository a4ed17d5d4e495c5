import { isDeepStrictEqual } from 'node:util'
import { foldName } from '../../directory/schema.ts'
import type { Call, Handler } from '../call.ts'
import { accept, noContent, readBody } from '../call.ts'
import * as access from '../conditional-access.ts'
import { createPolicy, deletePolicy, patchPolicy } from '../conditional-access.ts'
import * as connectors from '../connectors.ts'
import * as groups from '../groups.ts'
import * as providers from '../identity-providers.ts'
import { patchUser } from '../people.ts'
import { parseBody } from '../shape/body.ts'
import { newUserBody } from '../shape/person.ts'
import * as lifetimes from '../token-lifetimes.ts'
import type { Applying } from './applying.ts'
import type { Item, Present, Section, Written } from './document.ts'
import { nameOf } from './document.ts'
import { translateGroupMappings, translatePolicy } from './translation.ts'

/** How the resources of one section are made, changed and deleted: by the handlers of the API. */
interface Kind {
  /** The key of the path that names one. */
  readonly key: string
  readonly create: Handler
  readonly patch: Handler
  /** Undefined: nothing of it is ever deleted by a document. */
  readonly remove: Handler | undefined
  /** What of it is not the handlers': it is looked after elsewhere. */
  readonly elsewhere?: readonly string[]
  readonly translate?: (applying: Applying, item: Item, path: string) => Item
  /** Spelt otherwise in the document than in the API. */
  readonly place?: (path: string) => string
}

const plainKinds = {
  connectorGroups: {
    key: 'group',
    create: connectors.createConnectorGroup,
    patch: connectors.patchConnectorGroup,
    remove: connectors.deleteConnectorGroup,
  },
  users: { key: 'user', create: createUser, patch: patchUser, remove: undefined },
  groups: {
    key: 'group',
    create: groups.createGroup,
    patch: groups.patchGroup,
    remove: groups.deleteGroup,
    elsewhere: ['users', 'groups', 'owners'],
  },
  namedLocations: {
    key: 'location',
    create: access.createLocation,
    patch: access.patchLocation,
    remove: access.deleteLocation,
  },
  tokenLifetimePolicies: {
    key: 'policy',
    create: lifetimes.createPolicy,
    patch: lifetimes.patchPolicy,
    remove: lifetimes.deletePolicy,
  },
  identityProviders: {
    key: 'provider',
    create: providers.createProvider,
    patch: providers.patchProvider,
    remove: providers.deleteProvider,
    translate: translateGroupMappings,
    place: (path) => path.replace(/^(groupMappings\/\d+)\/groupId$/, '$1/group'),
  },
  conditionalAccessPolicies: {
    key: 'policy',
    create: createPolicy,
    patch: patchPolicy,
    remove: deletePolicy,
    translate: translatePolicy,
  },
} as const satisfies Partial<Record<Section, Kind>>
export type PlainSection = keyof typeof plainKinds

/** A resource of the document with what it is here, if it is there already. */
export interface Matched {
  readonly item: Item
  readonly path: string
  readonly known: Present | undefined
}

/** Which resource here each of the document is: by its id, else by its name. */
export function match(
  applying: Applying,
  section: Section,
  items: readonly Item[],
  known: readonly Present[],
): readonly Matched[] {
  const find = finder(section, known)
  const taken = new Set<string>()
  return items.flatMap((item, index) => {
    const path = `${section}/${index}`
    const found = find(item)
    if (found.length > 1) {
      applying.say(path, 'ambiguous-name', `several are called ${nameOf(item)}; write an id`)
      return []
    }
    const [one] = found
    if (one && taken.has(one.id)) {
      applying.say(path, 'duplicate', `${nameOf(item) || one.id} stands here twice`)
      return []
    }
    const said = item['uniqueName'] ?? undefined
    if (one && said !== undefined && said !== (one.item['uniqueName'] ?? undefined)) {
      applying.say(`${path}/uniqueName`, 'invalid-value', 'is given once and never changed')
    }
    if (one) taken.add(one.id)
    return [{ item, path, known: one }]
  })
}

/** What an item of the document may be; several where a name does not tell. */
function finder(section: Section, known: readonly Present[]): (item: Item) => readonly Present[] {
  const byId = new Map(known.map((each) => [each.id, each]))
  const byName = Map.groupBy(known, (each) => foldedName(each.item))
  return (item) => {
    const id = item['id']
    const same = typeof id === 'string' ? byId.get(id.toLowerCase()) : undefined
    if (same) return [same]
    if (section === 'identityProviders') return []
    if (section === 'connectorGroups' && item['isDefault'] === true) {
      return known.filter((each) => each.item['isDefault'] === true)
    }
    return byName.get(foldedName(item)) ?? []
  }
}

function foldedName(item: Item): string {
  return foldName(nameOf(item))
}

/** Makes what is not there, and changes what is different. */
export async function applySection(
  applying: Applying,
  section: PlainSection,
  matched: readonly Matched[],
): Promise<void> {
  const kind: Kind = plainKinds[section]
  for (const { item, path, known } of matched) {
    const own = without(item, kind.elsewhere ?? [])
    const changed = known ? changedParts(own, known) : own
    if (known && Object.keys(changed).length === 0) continue
    const { issues } = applying
    const before = issues.length
    const body = kind.translate ? kind.translate(applying, changed, path) : changed
    // What it names is not there: that was said, and there is nothing to try.
    if (issues.length > before) continue
    const work = () =>
      known
        ? applying.run(kind.patch, { [kind.key]: known.id }, without(body, ['id']))
        : applying.run(
            kind.create,
            {},
            section === 'identityProviders' ? body : without(body, ['id']),
          )
    await applying.attempt(path, work, kind.place)
  }
}

/** Deletes what the document does not have. */
export async function pruneSection(
  applying: Applying,
  section: PlainSection,
  matched: readonly Matched[],
  known: readonly Written[],
): Promise<void> {
  const kind: Kind = plainKinds[section]
  const { remove } = kind
  if (!applying.prune || !remove) return
  const kept = new Set(matched.map((each) => each.known?.id))
  for (const { id, item } of known) {
    // There is always one that is the default; all others go.
    const stays = section === 'connectorGroups' && item['isDefault'] === true
    if (kept.has(id) || stays) continue
    await applying.remove(section, nameOf(item) || id, () =>
      applying.run(remove, { [kind.key]: id }),
    )
  }
}

/** The members of `item` that say something else than what is there. */
export function changedParts(item: Item, { item: full, plain }: Present): Item {
  const changed = Object.entries(item).filter(
    ([name, value]) =>
      name !== 'id' &&
      !isDeepStrictEqual(value, plain[name]) &&
      !isDeepStrictEqual(value, full[name]),
  )
  return Object.fromEntries(changed)
}

export function without(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)))
}

const personBody = newUserBody.omit({ passwordProfile: true })

/** Somebody without a password: it is set, or a temporary pass made, by whoever lets them in. */
async function createUser(call: Call) {
  const sent = await readBody(call, (body) => parseBody(personBody, body))
  const { userPrincipalName, displayName, mail, accountEnabled } = sent
  const person = {
    userPrincipalName,
    displayName,
    mail: mail || undefined,
    enabled: accountEnabled,
  }
  accept(await call.directory.createPerson(person, undefined, call.change))
  return noContent
}
