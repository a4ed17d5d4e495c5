import { usageFailure } from './failure.ts'
import { readTextFile } from './input-file.ts'

/** What completes a value: fixed words, the names of a kind of resource, or files. */
export type Completion = readonly string[] | 'files' | ResourceNames

/** A noun whose names the API is asked for, as `sallyport complete` knows it. */
export type ResourceNames = { readonly namesOf: string }

/** One flag, option or positional argument of a command. */
export interface Parameter<Value> {
  /** How its value is called in help, `''` for a flag. */
  readonly placeholder: string
  readonly text: string
  readonly required: boolean
  readonly repeated: boolean
  readonly initial: Value
  /** The value so far with one more written word; throws a usage Failure. */
  read(written: string, before: Value): Value
  readonly completion?: Completion | undefined
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>

/** What a command gets for its parameters. */
export type Values<P> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer Value> ? Value : never
}

/** `--name`, on or off. */
export function flag(text: string): Parameter<boolean> {
  return {
    ...{ placeholder: '', text, required: false, repeated: false, initial: false },
    read: () => true,
  }
}

/** An option that may be left out. */
export function option(
  placeholder: string,
  text: string,
  completion?: Completion,
): Parameter<string | undefined> {
  return {
    ...{ placeholder, text, completion, required: false, repeated: false, initial: undefined },
    read: (written) => written,
  }
}

/** An option or argument that has to be given. */
export function need(
  placeholder: string,
  text: string,
  completion?: Completion,
): Parameter<string> {
  return {
    ...{ placeholder, text, completion, required: true, repeated: false, initial: '' },
    read: (written) => written,
  }
}

/** An option that may be given several times, or once with commas. */
export function several(
  placeholder: string,
  text: string,
  completion?: Completion,
): Parameter<readonly string[]> {
  return {
    ...{ placeholder, text, completion, required: false, repeated: true, initial: [] },
    read: (written, before) => [...before, ...written.split(',').map((word) => word.trim())],
  }
}

/** One or more words at the end of the line. */
export function severalNeeded(
  placeholder: string,
  text: string,
  completion?: Completion,
): Parameter<readonly string[]> {
  return {
    ...{ placeholder, text, completion, required: true, repeated: true, initial: [] },
    read: (written, before) => [...before, written],
  }
}

/** The same for values that may hold commas themselves. */
export function severalWhole(placeholder: string, text: string): Parameter<readonly string[]> {
  return { ...several(placeholder, text), read: (written, before) => [...before, written] }
}

/** One of a few words. */
export function choice<const Word extends string>(
  words: readonly Word[],
  text: string,
): Parameter<Word | undefined> {
  return {
    ...{ placeholder: words.join('|'), text, required: false, repeated: false },
    ...{ completion: words, initial: undefined },
    read: (written) => readChoice(words, written),
  }
}

/** One of a few words, which has to be said. */
export function needChoice<const Word extends string>(
  words: readonly [Word, ...Word[]],
  text: string,
): Parameter<Word> {
  return {
    ...{ placeholder: words.join('|'), text, required: true, repeated: false },
    ...{ completion: words, initial: words[0] },
    read: (written) => readChoice(words, written),
  }
}

function readChoice<Word extends string>(words: readonly Word[], written: string): Word {
  const found = words.find((word) => word.toLowerCase() === written.toLowerCase())
  if (found === undefined) throw usageFailure(`Give one of ${words.join(', ')}.`)
  return found
}

/** A setting that is on, off, or not spoken of. */
export function setting(text: string): Parameter<boolean | undefined> {
  return {
    ...{ placeholder: 'on|off', text, required: false, repeated: false },
    ...{ completion: ['on', 'off'], initial: undefined },
    read: (written) => readChoice(['on', 'off'], written) === 'on',
  }
}

/** A whole number with its bounds. */
export function whole(
  placeholder: string,
  text: string,
  least: number,
  most: number,
): Parameter<number | undefined> {
  return {
    ...{ placeholder, text, required: false, repeated: false, initial: undefined },
    read: (written) => {
      const number = Number(written)
      if (/^\d+$/.test(written) && number >= least && number <= most) return number
      throw usageFailure(`Give a whole number from ${least} to ${most}.`)
    },
  }
}

/** Documents are below the API's own limit of 1 MiB, HARs and consoles larger. */
const inputMaxBytes = 64 * 1024 * 1024

/** What a file holds, `-` being stdin. Throws a usage Failure. */
export function readInputFile(file: string): string {
  return readTextFile(file, inputMaxBytes)
}

/** The JSON object in a file or in the word itself, `-` being stdin. Throws a usage Failure that says where it breaks. */
export function readJsonInput(written: string): Record<string, unknown> {
  const isInline = written.trimStart().startsWith('{')
  const name = isInline ? 'The JSON' : written.replace(/^@/, '')
  const text = isInline ? written : readInputFile(name)
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch (cause) {
    throw usageFailure(`${name} is no JSON: ${(cause as Error).message}.`)
  }
  throw usageFailure(`${name} holds no JSON object.`)
}
