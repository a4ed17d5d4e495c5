import type { Applying } from './applying.ts'
import type { Item } from './document.ts'
import { type NamedKind, words } from './names.ts'

type Members = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every member of a list as `change` makes it; what is no list of objects is left for the API to refuse. */
function eachMember(
  value: unknown,
  path: string,
  change: (member: Members, path: string) => Members,
): unknown {
  if (!Array.isArray(value)) return value
  return value.map((member: unknown, at) =>
    isObject(member) ? change(member, `${path}/${at}`) : member,
  )
}

/** Names of groups in `groupMappings` as ids. */
export function translateGroupMappings(applying: Applying, item: Item, path: string): Item {
  if (item['groupMappings'] === undefined) return item
  const groupMappings = eachMember(
    item['groupMappings'],
    `${path}/groupMappings`,
    ({ group, ...mapping }, at) =>
      group === undefined
        ? mapping
        : { ...mapping, groupId: applying.resolve('group', group, `${at}/group`) },
  )
  return { ...item, groupMappings }
}

/** Names of applications in `requiredResourceAccess` as app ids; what is none of ours is an app id already. */
export function translateResources(applying: Applying, item: Item, path: string): Item {
  if (item['requiredResourceAccess'] === undefined) return item
  const requiredResourceAccess = eachMember(
    item['requiredResourceAccess'],
    `${path}/requiredResourceAccess`,
    ({ resource, ...access }, at) => {
      if (resource === undefined) return access
      const isId = typeof resource === 'string' && /^[0-9a-f-]{36}$/i.test(resource)
      const resourceAppId = isId ? resource : applying.resolve('appId', resource, `${at}/resource`)
      return { ...access, resourceAppId }
    },
  )
  return { ...item, requiredResourceAccess }
}

const listsOfPolicy: Readonly<Record<string, Readonly<Record<string, NamedKind>>>> = {
  users: {
    ...{ includeUsers: 'user', excludeUsers: 'user' },
    ...{ includeGroups: 'group', excludeGroups: 'group' },
    ...{ includeRoles: 'directoryRole', excludeRoles: 'directoryRole' },
  },
  applications: { includeApplications: 'appId', excludeApplications: 'appId' },
  locations: { includeLocations: 'namedLocation', excludeLocations: 'namedLocation' },
}

/** Names in the conditions of a policy as ids. */
export function translatePolicy(applying: Applying, item: Item, path: string): Item {
  const { conditions } = item
  if (!isObject(conditions)) return item
  const translated = Object.entries(conditions).map(([part, value]) => {
    const lists = listsOfPolicy[part]
    if (!lists || !isObject(value)) return [part, value] as const
    const read = Object.entries(value).map(([name, list]) => {
      const kind = lists[name]
      const at = `${path}/conditions/${part}/${name}`
      return [name, kind ? translateList(applying, kind, list, at) : list] as const
    })
    return [part, Object.fromEntries(read)] as const
  })
  return { ...item, conditions: Object.fromEntries(translated) }
}

function translateList(applying: Applying, kind: NamedKind, list: unknown, path: string): unknown {
  if (!Array.isArray(list)) return list
  return list.map((written: unknown, at) => {
    if (typeof written === 'string' && words.has(written)) return written
    // Roles of applications have ids only.
    if (kind === 'directoryRole' && /^[0-9a-f-]{36}$/i.test(String(written))) return written
    return applying.resolve(kind, written, `${path}/${at}`)
  })
}
