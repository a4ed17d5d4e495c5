import type { PlannedCall } from './api.ts'
import { type Resource, textAt, withoutAnnotations } from './resource.ts'
import type { Surroundings } from './surroundings.ts'
import { type Column, writeTable } from './table.ts'
import {
  clean,
  cleanLine,
  createPaint,
  escapeUnsafe,
  type Paint,
  type Style,
  wrap,
} from './text.ts'

export interface OutputFlags {
  readonly json: boolean
  readonly quiet: boolean
  /** Nothing was done: what is said about it stays unsaid. */
  readonly dryRun: boolean
}

/** One line of what `show` prints for people. */
export type Fact = readonly [title: string, value: string, style?: Style | undefined]

/** Data to stdout, talk to stderr. For people tables, for programs (`--json`) what the API said. */
export class Output {
  readonly #surroundings: Surroundings
  readonly #flags: OutputFlags
  /** For stdout. */
  readonly paint: Paint
  /** For stderr. */
  readonly paintTalk: Paint
  #isProgressShown = false

  constructor(surroundings: Surroundings, flags: OutputFlags) {
    const { stdout, stderr, environment } = surroundings
    this.#surroundings = surroundings
    this.#flags = flags
    this.paint = createPaint(stdout.isTTY === true && !flags.json, environment)
    this.paintTalk = createPaint(stderr.isTTY === true, environment)
  }

  get isJson(): boolean {
    return this.#flags.json
  }

  get isQuiet(): boolean {
    return this.#flags.quiet
  }

  /** One line of data as it stands; whoever calls has cleaned it. */
  line(text: string): void {
    this.#clearProgress()
    this.#surroundings.stdout.write(`${text}\n`)
  }

  /** A sentence of data, in as many lines as the terminal needs; those after the first begin at column `hanging`. */
  paragraph(text: string, hanging = 0): void {
    const { isTTY, columns = 80 } = this.#surroundings.stdout
    for (const line of isTTY === true ? wrap(text, columns, hanging) : [text]) this.line(line)
  }

  /** A JSON value as data: indented for a person who looks on, one line for a stream of them. */
  json(value: unknown, isOneLine = false): void {
    this.raw(withoutAnnotations(value), isOneLine)
  }

  /** The same with OData's annotations. */
  raw(value: unknown, isOneLine = false): void {
    const text = JSON.stringify(value, null, isOneLine ? undefined : 2)
    this.line(escapeUnsafe(text))
  }

  /** A list: a table, ids alone (`-q`), or JSON. */
  list<Item extends Resource>(
    items: readonly Item[],
    columns: readonly Column<Item>[],
    nothing: string,
    idProperty = 'id',
  ): void {
    if (this.#flags.json) this.json(items)
    else if (this.#flags.quiet) this.#ids(items, idProperty)
    else if (items.length === 0) this.say(nothing)
    else this.table(items, columns)
  }

  /** A table as wide as the terminal, or as wide as it is where nobody looks. */
  table<Item>(items: readonly Item[], columns: readonly Column<Item>[]): void {
    const { stdout } = this.#surroundings
    const width = stdout.isTTY === true ? (stdout.columns ?? 80) : undefined
    for (const line of writeTable(items, columns, width, this.paint)) this.line(line)
  }

  /** One resource: its facts, its id alone (`-q`), or JSON. */
  item(item: Resource, facts: readonly Fact[], idProperty = 'id'): void {
    if (this.#flags.dryRun) return
    if (this.#flags.json) this.json(item)
    else if (this.#flags.quiet) this.#ids([item], idProperty)
    else this.facts(facts)
  }

  #ids(items: readonly Resource[], idProperty: string): void {
    for (const item of items) this.line(clean(textAt(item, idProperty)))
  }

  /** Titles and values, aligned; empty values are left out. */
  facts(facts: readonly Fact[]): void {
    const said = facts.filter(([, value]) => value !== '')
    const width = Math.max(0, ...said.map(([title]) => title.length))
    for (const [title, value, style] of said) {
      const name = this.paint('dim', title.padEnd(width))
      this.line(`${name}  ${this.paint(style, clean(value))}`)
    }
  }

  /** What was changed: a sentence on stderr; on stdout its id (`-q`) or the resource as it is now. */
  done(sentence: string, item: Resource, idProperty = 'id'): void {
    if (this.#flags.dryRun) return
    if (this.#flags.json) this.json(item)
    else if (this.#flags.quiet) this.#ids([item], idProperty)
    else this.sayPainted(`${this.paintTalk('good', '✓')} ${clean(sentence)}`)
  }

  /** The calls that would have been made. */
  plan(calls: readonly PlannedCall[]): void {
    if (this.#flags.json) {
      this.json({ dryRun: true, calls })
      return
    }
    this.say(calls.length === 0 ? 'Nothing would be changed.' : 'Nothing was changed. It would be:')
    for (const { method, path, body } of calls) {
      const sent = body === undefined ? '' : ` ${JSON.stringify(body)}`
      this.line(`${method} ${clean(path)}${escapeUnsafe(sent)}`)
    }
  }

  /** Leaves the terminal clean. */
  end(): void {
    this.#clearProgress()
  }

  /** Talk, one line of it; not with `--quiet`. */
  say(text: string): void {
    this.sayPainted(cleanLine(text))
  }

  /** The same for words that are clean and painted already. */
  sayPainted(text: string): void {
    if (this.#flags.quiet) return
    this.#clearProgress()
    this.#surroundings.stderr.write(`${text}\n`)
  }

  /** The same in as many lines as the terminal needs; those after the first begin at column `hanging`. */
  sayParagraph(text: string, hanging: number): void {
    const { isTTY, columns = 80 } = this.#surroundings.stderr
    for (const line of isTTY === true ? wrap(text, columns, hanging) : [text]) this.sayPainted(line)
  }

  /** Talk that is a warning: also with `--quiet`. */
  warn(text: string): void {
    this.#clearProgress()
    this.#surroundings.stderr.write(`${this.paintTalk('warn', '!')} ${clean(text)}\n`)
  }

  /** Where long work stands: one line that is written over on a terminal, and gone when there is something to say. */
  progress(text: string): void {
    const { stderr } = this.#surroundings
    if (this.#flags.quiet) return
    this.#isProgressShown = stderr.isTTY === true
    stderr.write(this.#isProgressShown ? `\r${clearLine}${clean(text)}` : `${clean(text)}\n`)
  }

  #clearProgress(): void {
    if (this.#isProgressShown) this.#surroundings.stderr.write(`\r${clearLine}`)
    this.#isProgressShown = false
  }
}

const clearLine = '\u001b[K'
