import type { Parameters, Values } from './parameter.ts'
import type { Session } from './session.ts'

/** `local` commands do not speak with an edge; `write` ones take `--reason` and `--dry-run`, `remove` ones also `--yes`. */
export type CommandKind = 'local' | 'read' | 'write' | 'remove'

interface CommandFacts {
  readonly name: string
  /** One line of help, without a full stop. */
  readonly summary: string
  readonly kind: CommandKind
  /** As typed, after `sallyport `. The first one stands in the documents. */
  readonly examples: readonly [string, ...string[]]
  /** What it prints goes on until it is stopped, one JSON value per line. */
  readonly streams?: boolean
  /** What it would do, it says itself: `--dry-run` prints no calls. */
  readonly plansItself?: boolean
}

/** A command as a noun's file declares it: its parameters decide what `run` gets. */
export interface CommandSpec<A, O> extends CommandFacts {
  /** In this order, names or ids for the most part. */
  readonly takes?: A
  readonly options?: O
  run(session: Session, input: Values<A> & Values<O>): Promise<void>
}

/** A verb of the command line. */
export interface Command extends CommandFacts {
  readonly takes: Parameters
  readonly options: Parameters
  run(session: Session, input: Readonly<Record<string, unknown>>): Promise<void>
}

/** Declares a command. */
export function command<const A = Record<never, never>, const O = Record<never, never>>(
  spec: CommandSpec<A, O>,
): Command {
  const { takes = {}, options = {}, run, ...facts } = spec
  return {
    ...facts,
    takes: takes as Parameters,
    options: options as Parameters,
    // The program fills `input` by the `read` of these very parameters.
    run: (session, input) => run(session, input as Values<A> & Values<O>),
  }
}

/** A noun and its verbs, or a command of one word. */
export interface Noun {
  readonly name: string
  readonly summary: string
  readonly group: string
  /** Other words for it, which help does not show. */
  readonly aliases?: readonly string[]
  /** For programs, not for people: help does not show it. */
  readonly isHidden?: boolean
  /** The verbs; loaded when one of them is called. */
  load(): Promise<readonly Command[] | Command>
}
