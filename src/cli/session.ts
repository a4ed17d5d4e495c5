import type { Api } from './api.ts'
import type { ConnectionFlags } from './connection.ts'
import type { Entry } from './entry.ts'
import { exitCodes, Failure } from './failure.ts'
import type { Output } from './output.ts'
import { confirm } from './prompt.ts'
import type { Surroundings } from './surroundings.ts'

/** What the program lends to the commands that are about the program itself. */
export interface Services {
  readonly version: string
  /** Everything that can be typed; with `word`, verbs of this noun alone, which is quicker. */
  describe(word?: string): Promise<readonly Entry[]>
}

/** What one command works with. */
export interface Session {
  readonly api: Api
  readonly out: Output
  readonly surroundings: Surroundings
  readonly connection: ConnectionFlags
  /** Nobody is to be asked anything. */
  readonly yes: boolean
  readonly services: Services
}

/**
 * Asks before something is taken away. `name` has to be typed where people are asked; where nobody can be, `--yes` must have
 * been given. Throws a Failure when it was not, or when the answer is no.
 */
export async function askFirst(session: Session, sentence: string, name: string): Promise<void> {
  if (session.yes || session.api.isDryRun) return
  const { stdin, stderr } = session.surroundings
  if (stdin.isTTY !== true || stderr.isTTY !== true || session.out.isJson) {
    throw new Failure({
      code: 'not-confirmed',
      exitCode: exitCodes.usage,
      message: `${sentence} Nobody can be asked here, so say it with --yes.`,
    })
  }
  if (await confirm(session.surroundings, sentence, name)) return
  throw new Failure({
    code: 'not-confirmed',
    exitCode: exitCodes.failed,
    message: 'That was not the name. Nothing was changed.',
  })
}
