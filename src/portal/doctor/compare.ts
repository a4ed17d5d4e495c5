import type { Field } from './types.ts'

/** One header as the browser wants it beside what it gets. */
export interface Comparison {
  readonly name: string
  readonly expected: readonly string[]
  readonly actual: readonly string[]
  /** Undefined where nothing is wanted of it. */
  readonly isSame: boolean | undefined
}

/** Expected and actual headers side by side, those that are expected first; repeats stay together. */
export function compareFields(
  expected: readonly Field[],
  actual: readonly Field[],
): readonly Comparison[] {
  const names = new Map([...expected, ...actual].map(({ name }) => [name.toLowerCase(), name]))
  return [...names].map(([key, name]) => {
    const wanted = valuesOf(expected, key)
    const got = valuesOf(actual, key)
    const isSame = wanted.length === 0 ? undefined : wanted.join('\n') === got.join('\n')
    return { name, expected: wanted, actual: got, isSame }
  })
}

function valuesOf(fields: readonly Field[], key: string): readonly string[] {
  return fields.filter(({ name }) => name.toLowerCase() === key).map(({ value }) => value)
}
