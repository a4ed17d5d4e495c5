export interface Group {
  readonly id: string
  readonly displayName: string
}

/** Who is in which group, and which groups are assigned to which application. Compiled with a snapshot. */
export interface Memberships {
  /** person id → groups, by name */
  readonly groupsOf: ReadonlyMap<string, readonly Group[]>
  /** application id → group ids */
  readonly assignedGroups: ReadonlyMap<string, ReadonlySet<string>>
  /** application id → person id → ids of the application's own roles */
  readonly rolesAt: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
}
