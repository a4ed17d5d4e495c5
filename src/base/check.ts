/** One thing wrong with an input: where (`/segments/0/externalUrl`), a stable code, a sentence. */
export interface Issue {
  readonly path: string
  readonly code: string
  readonly message: string
}

/** A typed value, or every issue at once. */
export type Parsed<Value> = { readonly value: Value } | { readonly issues: readonly Issue[] }

/** Narrows a `Parsed` to its failure. */
export function failed<Value>(
  parsed: Parsed<Value>,
): parsed is { readonly issues: readonly Issue[] } {
  return 'issues' in parsed
}
