import type { ArgumentEntry, Entry, OptionEntry, ValueEntry } from './entry.ts'

/** Something that could stand where the cursor is. */
export interface Candidate {
  readonly value: string
  readonly text: string
}

/** What completes a command line; names and files are for others to find. */
export interface Completions {
  readonly candidates: readonly Candidate[]
  /** The noun whose names could stand here. */
  readonly namesOf: string | undefined
  readonly isFile: boolean
}

const nothing: Completions = { candidates: [], namesOf: undefined, isFile: false }

/** What could stand in place of the last of `words`, which come after the program's name; it may be begun already. */
export function completionsOf(entries: readonly Entry[], words: readonly string[]): Completions {
  const last = words.at(-1) ?? ''
  const place = findPlace(entries, words.slice(0, -1))
  if (place === undefined) return nothing
  const [, flag = '', begun] = /^(--[a-z-]+)=(.*)$/s.exec(last) ?? []
  if (begun !== undefined) return valueCompletions(optionOf(place.entry, flag), begun, `${flag}=`)
  if (place.pending) return valueCompletions(place.pending, last)
  if (last.startsWith('-')) return flagCompletions(place, last)
  return wordCompletions(entries, place, last)
}

interface Place {
  readonly entry: Entry
  /** How many names were given already. */
  readonly taken: number
  readonly given: ReadonlySet<string>
  /** The option whose value comes next. */
  readonly pending: OptionEntry | undefined
}

/** Where a command line that is written so far stands; undefined where nothing can follow. */
function findPlace(entries: readonly Entry[], words: readonly string[]): Place | undefined {
  let entry = entries.find(({ path }) => path.length === 0)
  let taken = 0
  let pending: OptionEntry | undefined
  const given = new Set<string>()
  for (const word of words) {
    if (entry === undefined) return undefined
    if (pending) {
      pending = undefined
    } else if (word.startsWith('-') && word !== '-') {
      const option = optionOf(entry, word.split('=')[0] ?? word)
      if (option) given.add(option.flags[0] ?? word)
      pending = option?.takesValue && !word.includes('=') ? option : undefined
    } else if (entry.verbs.length > 0) {
      entry = childOf(entries, entry, word)
    } else {
      taken++
    }
  }
  return entry && { entry, taken, given, pending }
}

function childOf(entries: readonly Entry[], parent: Entry, word: string): Entry | undefined {
  return entries.find(
    ({ path, aliases }) =>
      path.length === parent.path.length + 1 &&
      parent.path.every((each, index) => each === path[index]) &&
      (path.at(-1) === word || aliases.includes(word)),
  )
}

function optionOf(entry: Entry, word: string): OptionEntry | undefined {
  return entry.options.find(({ flags }) => flags.includes(word))
}

function flagCompletions({ entry, given }: Place, begun: string): Completions {
  const open = entry.options.filter(({ flags, repeated }) => repeated || !given.has(flags[0] ?? ''))
  const candidates = open
    .map(({ flags, text }) => ({ value: flags[0] ?? '', text }))
    .filter(({ value }) => value.startsWith(begun))
  return { ...nothing, candidates }
}

function wordCompletions(entries: readonly Entry[], place: Place, begun: string): Completions {
  const { entry, taken } = place
  if (entry.verbs.length > 0) {
    const candidates = entry.verbs
      .map((value) => ({ value, text: childOf(entries, entry, value)?.summary ?? '' }))
      .filter(({ value }) => value.startsWith(begun))
    return { ...nothing, candidates }
  }
  const next: ArgumentEntry | undefined =
    entry.takes[taken] ?? (entry.takes.at(-1)?.repeated ? entry.takes.at(-1) : undefined)
  return next ? valueCompletions(next, begun) : flagCompletions(place, begun)
}

function valueCompletions(value: ValueEntry | undefined, begun: string, prefix = ''): Completions {
  const { completion, repeated = false } = value ?? {}
  if (completion === undefined) return nothing
  if (completion === 'files') return { ...nothing, isFile: true }
  if ('namesOf' in completion) return { ...nothing, namesOf: completion.namesOf }
  // Of several words with commas only the last one is begun.
  const head = repeated ? begun.slice(0, begun.lastIndexOf(',') + 1) : ''
  const candidates = completion
    .map((word) => ({ value: `${prefix}${head}${word}`, text: '' }))
    .filter((each) => each.value.startsWith(`${prefix}${begun}`))
  return { ...nothing, candidates }
}
