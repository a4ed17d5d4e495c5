import type { Change } from './change.ts'

/** What somebody can own. */
export type OwnedKind = 'application' | 'group'

/** A person, or a program by its service principal. */
export interface Owner {
  readonly id: string
  readonly type: 'User' | 'ServicePrincipal'
}

/** What somebody owns, by its ids. */
export interface Possessions {
  readonly applications: readonly string[]
  readonly groups: readonly string[]
}

/** Who owns which application and which group. Ids that name nothing are the fault `not-found`. [G3] */
export interface Owners {
  /** Of everything of the kind that has owners, by its id. */
  all(kind: OwnedKind): Promise<ReadonlyMap<string, readonly Owner[]>>
  /** In order of their ids. */
  list(kind: OwnedKind, id: string): Promise<readonly Owner[]>
  /** What a person or a service principal owns. */
  possessionsOf(ownerId: string): Promise<Possessions>
  /** Throws `already-exists` for an owner, `invalid` where there are too many. */
  add(kind: OwnedKind, id: string, ownerId: string, change: Change): Promise<void>
  /** False when it is not an owner. */
  remove(kind: OwnedKind, id: string, ownerId: string, change: Change): Promise<boolean>
}
