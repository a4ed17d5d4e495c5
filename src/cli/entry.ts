import type { Completion } from './parameter.ts'

/** A value that can be typed: of an option, or in a place of its own. */
export interface ValueEntry {
  readonly text: string
  readonly completion: Completion | undefined
  readonly repeated: boolean
}

export interface OptionEntry extends ValueEntry {
  /** `--json`, and `-q` where there is a short one. */
  readonly flags: readonly string[]
  /** As help shows it: `--origin <url>`. */
  readonly written: string
  readonly takesValue: boolean
  readonly required: boolean
  readonly group: string
}

export interface ArgumentEntry extends ValueEntry {
  readonly name: string
  readonly required: boolean
}

/** One command, or a noun that only leads to others. */
export interface Entry {
  /** Without the program's name; empty for the program itself. */
  readonly path: readonly string[]
  readonly summary: string
  readonly aliases: readonly string[]
  readonly group: string
  readonly usage: string
  readonly takes: readonly ArgumentEntry[]
  readonly options: readonly OptionEntry[]
  readonly examples: readonly string[]
  /** Names of what can follow. */
  readonly verbs: readonly string[]
  /** Runs a process of its own and keeps its own ways. */
  readonly isProcess: boolean
}
