import type { Issue } from '../base/check.ts'
import type { Change } from './change.ts'
import type { JournaledName } from './journaled-tables.ts'

/** One row of configuration as the database holds it: columns as the journal keeps them. */
export type RowImage = Readonly<Record<string, string | number | null>>

/** What one revision did to one row of configuration. */
export interface RowChange {
  readonly table: JournaledName
  /** The key's columns, joined by a slash: a GUID for most. */
  readonly id: string
  /** What people know it by. */
  readonly name: string
  readonly change: 'created' | 'updated' | 'deleted'
  /** False for passwords and the like, and for what was changed before there was a journal: nothing is kept of it. */
  readonly isKept: boolean
}

/** With what it was before and after, as far as it is kept. Holds sealed secrets and hashes: not to be shown as it is. */
export interface FullRowChange extends RowChange {
  readonly before: RowImage | undefined
  readonly after: RowImage | undefined
}

/** One write that changed configuration: who, why, and everything it did. [G4] */
export interface Revision<What extends RowChange = RowChange> {
  /** The version of the directory that it made. */
  readonly id: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly author: string
  readonly reason: string
  /** e.g. `application.update`. */
  readonly action: string
  readonly rollbackOf: number | undefined
  readonly changes: readonly What[]
  /** Of all, where `changes` has only the first ones. */
  readonly changeCount: number
  /** Of all changes, each once. */
  readonly tables: readonly JournaledName[]
}

/** One row that a roll-back is about to change, and what there is to know about whether its author may. */
export interface PlannedChange extends FullRowChange {
  /** It comes or goes with a row that it belongs to, in the same plan. */
  readonly isAlong: boolean
  /** The row is a person who has a role now. */
  readonly hasRole: boolean
}

/** Something that stands in the way of a roll-back. */
export interface Obstacle {
  readonly table: JournaledName
  readonly id: string
  readonly name: string
  /** `changed-since`: overlaps with a later change; `gone`: something it belongs to is not there any more. */
  readonly code: 'changed-since' | 'in-use' | 'gone' | 'name-taken'
  readonly message: string
  /** The later revision, if one is to blame. */
  readonly revision: number | undefined
}

export type RollBack =
  | {
      readonly changes: readonly FullRowChange[]
      /** Undefined for a dry run, and when everything is as it was before already. */
      readonly revision: number | undefined
      /** What does not come back with it, in sentences. */
      readonly notices: readonly string[]
    }
  | { readonly obstacles: readonly Obstacle[] }
  /** The result would not be a valid configuration. */
  | { readonly issues: readonly Issue[] }

export interface RollBackOptions {
  /** Nothing is kept. */
  readonly dryRun: boolean
  /** Later changes give way. What would not be valid is refused all the same. */
  readonly force: boolean
  /** Told the whole plan before anything is written or said of it. Throws when whoever wants it may not do all of that. */
  readonly allow: (revision: Revision, plan: readonly PlannedChange[]) => void
}

/** The history of the configuration. */
export interface Revisions {
  /** The newest `limit`, or the newest before this one. */
  list(limit: number, before?: number): Promise<readonly Revision[]>
  revision(id: number): Promise<Revision<FullRowChange> | undefined>
  /** What all revisions after this one did to each row in the end; inside `together`, what was done so far. */
  changesSince(id: number): Promise<readonly FullRowChange[]>
  /** What ids name now, or named last; those that name nothing are not there. */
  namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Undefined when there is none of this id. Throws `invalid` for one of which nothing is kept. */
  rollBack(id: number, change: Change, options: RollBackOptions): Promise<RollBack | undefined>
}
