/** Who changes something and why; written into the audit trail with the change. [G4] */
export interface Change {
  readonly author: string
  readonly reason: string
  /**
   * Called in the transaction of each change before anything is written; what it reads of the directory is what the change
   * will find. Throws when the change may not happen any more, and nothing does.
   */
  readonly stillMay?: () => Promise<void>
  /** It is tried and nothing of it kept or told: to hear what else would be wrong with it. */
  readonly isTrial?: boolean
  /** Told the number of the revision once it is committed; not when nothing was changed. */
  readonly made?: (revision: number) => void
}
