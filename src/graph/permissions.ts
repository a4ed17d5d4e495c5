import { directoryRoles } from '../identity/roles.ts'

/** Which permissions open a part of the API. */
export type Area =
  | 'application'
  | 'assignment'
  | 'profile'
  | 'lifetime'
  | 'directory'
  | 'person'
  | 'authentication'
  | 'group'
  | 'policy'
  | 'log'
  | 'doctor'
  | 'configuration'
  | 'history'
  | 'self'

/** What a permission is asked for: `read` changes nothing. */
export type Use = 'read' | 'write'

/** Opens everything, and gives any right to anybody. */
const everything = 'Directory.ReadWrite.All'

interface Openers {
  readonly read: readonly string[]
  readonly write: readonly string[]
}

/** What opens an area, besides `Directory.ReadWrite.All`; whoever may change may read. */
const openers: Readonly<Record<Exclude<Area, 'self' | 'configuration' | 'history'>, Openers>> = {
  application: {
    read: ['Application.Read.All', 'Directory.Read.All'],
    write: ['Application.ReadWrite.All'],
  },
  assignment: {
    read: ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All'],
    write: ['AppRoleAssignment.ReadWrite.All'],
  },
  profile: {
    read: ['Application.Read.All', 'Directory.Read.All'],
    write: ['OnPremisesPublishingProfiles.ReadWrite.All'],
  },
  lifetime: {
    read: ['Policy.Read.All', 'Application.Read.All', 'Directory.Read.All'],
    write: ['Policy.ReadWrite.ApplicationConfiguration', 'Application.ReadWrite.All'],
  },
  directory: { read: ['Directory.Read.All'], write: [] },
  person: { read: ['User.Read.All', 'Directory.Read.All'], write: ['User.ReadWrite.All'] },
  authentication: {
    read: ['UserAuthenticationMethod.Read.All'],
    write: ['UserAuthenticationMethod.ReadWrite.All'],
  },
  group: { read: ['Group.Read.All', 'Directory.Read.All'], write: ['Group.ReadWrite.All'] },
  policy: {
    read: ['Policy.Read.All', 'Policy.Read.ConditionalAccess'],
    write: ['Policy.ReadWrite.ConditionalAccess'],
  },
  log: { read: ['AuditLog.Read.All'], write: [] },
  // It tells no more than reading the applications does. To write is to send requests to applications, past the sign-in.
  doctor: {
    read: ['Application.Read.All', 'Directory.Read.All'],
    write: ['Application.ReadWrite.All'],
  },
}

// What the configuration as a whole, and its history, are made of.
const configured = ['application', 'profile', 'lifetime', 'directory', 'group', 'policy'] as const

// What a revision may have changed. Whoever may do something with any of it gets in; history.ts looks at each revision.
const kept = [
  ...(['application', 'assignment', 'profile', 'lifetime', 'directory'] as const),
  ...(['person', 'group', 'policy'] as const),
]

/** Whether somebody with these permissions may do it. Everybody may ask who they are themselves. [G3] */
export function mayUse(granted: readonly string[], area: Area, use: Use): boolean {
  if (area === 'self' || mayDoEverything(granted)) return true
  if (area === 'configuration') {
    return use === 'read' && configured.every((each) => mayUse(granted, each, use))
  }
  if (area === 'history') return kept.some((each) => mayUse(granted, each, use))
  const { read, write } = openers[area]
  const opening = use === 'write' ? write : [...read, ...write]
  return opening.some((permission) => granted.includes(permission))
}

/** Each of the permissions of which one is needed; none where everybody may. */
export function openersOf(area: Area, use: Use): readonly string[] {
  if (area === 'self') return []
  // It takes several, so that only the one is named that is enough by itself.
  if (area === 'configuration') return [everything]
  if (area === 'history') return [...new Set(kept.flatMap((each) => openersOf(each, use)))]
  const { read, write } = openers[area]
  return [everything, ...(use === 'write' ? write : [...read, ...write])]
}

/** Whether they may give anybody any right, and so may become anybody. */
export function mayDoEverything(granted: readonly string[]): boolean {
  return granted.includes(everything)
}

const known: ReadonlySet<string> = new Set([
  everything,
  ...Object.values(openers).flatMap(({ read, write }) => [...read, ...write]),
])

/** Every permission that opens something here. */
export const allPermissions: readonly string[] = [...known].toSorted()

/** Those that change nothing. */
const readPermissions = allPermissions.filter((name) => !name.includes('.ReadWrite.'))

const applications = ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All']

/** What each role of the directory may do at the API, by the role's name. */
const permissionsOfRole: Readonly<Record<string, readonly string[]>> = {
  'Global Administrator': allPermissions,
  'Global Reader': readPermissions,
  'Application Administrator': [
    ...applications,
    'OnPremisesPublishingProfiles.ReadWrite.All',
    'Policy.ReadWrite.ApplicationConfiguration',
    'Directory.Read.All',
    'AuditLog.Read.All',
  ],
  'Conditional Access Administrator': [
    'Policy.ReadWrite.ConditionalAccess',
    'Policy.Read.All',
    'Directory.Read.All',
    'AuditLog.Read.All',
  ],
  'User Administrator': [
    'User.ReadWrite.All',
    'Group.ReadWrite.All',
    'UserAuthenticationMethod.ReadWrite.All',
    'Directory.Read.All',
    'AuditLog.Read.All',
  ],
  'Authentication Administrator': [
    'UserAuthenticationMethod.ReadWrite.All',
    'User.Read.All',
    'AuditLog.Read.All',
  ],
  'Groups Administrator': ['Group.ReadWrite.All', 'Directory.Read.All'],
  'Security Reader': ['Policy.Read.All', 'Directory.Read.All', 'AuditLog.Read.All'],
  'Reports Reader': ['AuditLog.Read.All', 'Directory.Read.All'],
}

/** What somebody with these roles may do, each permission once. Roles that are not known here give nothing. [G3] */
export function permissionsOfRoles(roleIds: readonly string[]): readonly string[] {
  const held = directoryRoles.filter(({ id }) => roleIds.includes(id))
  return [...new Set(held.flatMap(({ displayName }) => permissionsOfRole[displayName] ?? []))]
}
