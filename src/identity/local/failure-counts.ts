/** Failures under one key, which count until `resetAt`, epoch milliseconds. */
export interface FailureCount {
  readonly failures: number
  readonly resetAt: number
}

/** What a decision makes of the counts: without `counts` (one for each key) nothing is kept. */
export interface CountDecision<Value> {
  readonly value: Value
  readonly counts?: readonly FailureCount[]
}

/** Where failures are counted, for every process that checks passwords; the directory implements it. */
export interface FailureCounts {
  /**
   * One step that nobody comes between: `decide` gets what stands under each of `keys`, run out or not, and says what is
   * to stand there. It may be asked twice, so it must be a pure function.
   */
  update<Value>(
    keys: readonly string[],
    decide: (counts: readonly (FailureCount | undefined)[]) => CountDecision<Value>,
  ): Promise<Value>
  /** Forgets what ran out before this epoch millisecond. */
  removeExpired(before: number): Promise<void>
}
