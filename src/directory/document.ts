/**
 * A value as JSON text. Our data marks what is absent with `undefined` and never uses `null`, JSON the other way
 * round; so one is written as the other, and the value read back equals the value written.
 */
export function encodeDocument(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part) => part ?? null)
}

/** The value that `encodeDocument` wrote, frozen: it is shared by everyone who reads it. */
export function decodeDocument(text: string): unknown {
  return thaw(JSON.parse(text))
}

function thaw(value: unknown): unknown {
  if (value === null) return undefined
  if (typeof value !== 'object') return value
  const parts = value as Record<string, unknown> // an array is one, too
  for (const key in parts) {
    const part = parts[key]
    if (part === null || typeof part === 'object') parts[key] = thaw(part)
  }
  return Object.freeze(value)
}
