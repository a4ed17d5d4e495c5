/** How often one kind of cross-origin call was refused. Times are epoch milliseconds. [D3] */
export interface CorsRefusals {
  readonly applicationId: string
  /** undefined: the application itself, or counted before segments were told apart. */
  readonly segmentId: string | undefined
  readonly origin: string
  readonly method: string
  /** Lower-case names that the preflight asked for. */
  readonly headers: readonly string[]
  /** As the refusal told the browser, e.g. `origin-not-allowed`. */
  readonly code: string
  /** undefined: there was no rule. */
  readonly ruleId: string | undefined
  /** `dryRun`: the rule would have refused it. [C13] */
  readonly mode: 'enforce' | 'dryRun'
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}
