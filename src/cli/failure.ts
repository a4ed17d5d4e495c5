/** How a command ends: what scripts may branch on. Documented in docs/cli.md. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  refused: 4,
  unreachable: 5,
  drift: 10,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** What a person is told when a command cannot do what was asked. */
export interface FailureFacts {
  /** A stable code, such as `not-signed-in` or Graph's own. */
  readonly code: string
  readonly exitCode: ExitCode
  /** One sentence: what happened. */
  readonly message: string
  /** More sentences: which rule, which property, which candidates. */
  readonly details?: readonly string[]
  /** What a browser calls it. */
  readonly browser?: string | undefined
  /** The command that cures it. */
  readonly fix?: string | undefined
  readonly requestId?: string | undefined
  /** A code that says more than this one, such as that of the first detail. */
  readonly finerCode?: string | undefined
  /** The API's own error, for `--json`. */
  readonly error?: unknown
}

/** A command that ends with another exit code than 0. */
export class Failure extends Error {
  readonly facts: FailureFacts

  constructor(facts: FailureFacts, options?: ErrorOptions) {
    super(facts.message, options)
    this.name = 'Failure'
    this.facts = facts
  }
}

/** What was typed is not enough, or too much. */
export function usageFailure(message: string, fix?: string): Failure {
  return new Failure({ code: 'usage', exitCode: exitCodes.usage, message, fix })
}

/** Anything that goes wrong while the command does its work. */
export function failure(code: string, message: string, details: readonly string[] = []): Failure {
  return new Failure({ code, exitCode: exitCodes.failed, message, details })
}
