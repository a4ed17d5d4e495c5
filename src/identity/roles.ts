/** A role of the directory itself, by the id that the original gives it everywhere. */
export interface DirectoryRole {
  readonly id: string
  readonly displayName: string
  readonly description: string
}

/** May do everything; the first person of a directory gets it. */
export const globalAdministrator: DirectoryRole = {
  id: '62e90394-69f5-4237-9190-012177145e10',
  displayName: 'Global Administrator',
  description: 'May change everything, and let others do so.',
}

/** What each may do at the management API stands in graph/permissions.ts. */
export const directoryRoles: readonly DirectoryRole[] = [
  globalAdministrator,
  {
    id: 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
    displayName: 'Global Reader',
    description: 'May read everything, and change nothing.',
  },
  {
    id: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
    displayName: 'Application Administrator',
    description: 'May publish applications, say who enters them, and look after connectors.',
  },
  {
    id: 'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9',
    displayName: 'Conditional Access Administrator',
    description: 'May say under which conditions people enter.',
  },
  {
    id: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
    displayName: 'User Administrator',
    description: 'May look after people who have no role, and after groups.',
  },
  {
    id: 'c4e39bd9-1100-46d3-8c65-fb160da0071f',
    displayName: 'Authentication Administrator',
    description: 'May reset what people without a role prove themselves by.',
  },
  {
    id: 'fdd7a751-b60b-444a-984c-02652fe8fa1c',
    displayName: 'Groups Administrator',
    description: 'May look after groups and who is in them.',
  },
  {
    id: '5d6b6bb7-de71-4623-b4af-96380a352509',
    displayName: 'Security Reader',
    description: 'May read policies, logs and the directory.',
  },
  {
    id: '4a5d8f65-41da-4de4-8968-e035b65339cf',
    displayName: 'Reports Reader',
    description: 'May read logs and the directory.',
  },
]

/** The claim that tells a person's roles (`wids` in the original's tokens); absent for most people. */
export const rolesClaim = 'wids'

/** Who administers; the directory implements it. */
export interface RoleStore {
  /** Ids of the person's roles. */
  rolesOf(personId: string): Promise<readonly string[]>
}
