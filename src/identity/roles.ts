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

export const directoryRoles: readonly DirectoryRole[] = [globalAdministrator]

/** The claim that tells a person's roles (`wids` in the original's tokens); absent for most people. */
export const rolesClaim = 'wids'

/** Who administers; the directory implements it. */
export interface RoleStore {
  /** Ids of the person's roles. */
  rolesOf(personId: string): Promise<readonly string[]>
}
