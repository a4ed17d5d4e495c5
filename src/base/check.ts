/** One thing wrong with an input: where (`/segments/0/externalUrl`), a stable code, a sentence. */
export interface Issue {
  readonly path: string
  readonly code: string
  readonly message: string
}

/** A typed value, or every issue at once. */
export type Parsed<Value> = { readonly value: Value } | { readonly issues: readonly Issue[] }

/** The same; `draft`: the value as far as it can be made out, for others to find more that is wrong with it. */
export type Drafted<Value> = { readonly value: Value } | Failed<Value>

export interface Failed<Value> {
  readonly issues: readonly Issue[]
  readonly draft?: Value
}

/** What was parsed, or its draft, as part of something else. */
export function mapDrafted<Part, Whole>(
  parsed: Drafted<Part>,
  make: (part: Part) => Whole,
): Drafted<Whole> {
  if (!failed(parsed)) return { value: make(parsed.value) }
  const { issues, draft } = parsed
  return draft === undefined ? { issues } : { issues, draft: make(draft) }
}

/** Narrows a `Parsed` to its failure. */
export function failed<Value>(
  parsed: Parsed<Value>,
): parsed is { readonly issues: readonly Issue[] } {
  return 'issues' in parsed
}
