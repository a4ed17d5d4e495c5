import type { Change } from './change.ts'

/** Something that was done with the edge and changed nothing of it, so that it is part of no revision. */
export interface Activity {
  readonly id: string
  readonly at: number
  readonly author: string
  readonly reason: string
  readonly action: 'application.probe'
  readonly targetId: string
  /** As JSON would have it, without secrets. */
  readonly details: unknown
}

/** The directory's methods about such things, and about how long the audit log is kept. */
export interface ActivityLog {
  /** Notes something that changes nothing; `by` says who and why. */
  noteActivity(
    activity: Pick<Activity, 'action' | 'targetId' | 'details'>,
    by: Pick<Change, 'author' | 'reason'>,
  ): Promise<void>
  /** The newest `limit` activities, newest first. */
  activities(limit: number): Promise<readonly Activity[]>
  /** Removes some of the oldest, those of the changes too: those of before this epoch millisecond. */
  removeAudits(before: number): Promise<void>
}
