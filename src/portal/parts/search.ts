/** What stands in the URL, as the router reads it: anything. */
export type RawSearch = Readonly<Record<string, unknown>>

/** One search parameter as text, absent when it is empty or something else. */
export function textOf(search: RawSearch, name: string): string | undefined {
  const value = search[name]
  // The router reads digits and `true` as JSON.
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** One search parameter that is one of a few words, absent when it is another. */
export function oneOf<Word extends string>(
  search: RawSearch,
  name: string,
  words: readonly Word[],
): Word | undefined {
  return words.find((word) => word === search[name])
}

/** What `compact` leaves. */
type Compact<Search> = { [Name in keyof Search]?: Exclude<Search[Name], undefined> }

/** The parameters without those that say nothing, so that URLs stay short. */
export function compact<Search extends object>(search: Search): Compact<Search> {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined && value !== ''),
  ) as Compact<Search>
}

/** The parameters with some of them changed; an empty one goes, so that the router knows nothing of it. */
export function refined<Search extends object>(
  before: Search,
  part: Partial<Record<keyof Search, string>>,
): Search {
  return compact({ ...before, ...part }) as Search
}
