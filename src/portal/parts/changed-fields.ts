/** Of what was typed, what is not the same as what is saved. */
export function changedFields<Fields extends object>(
  typed: Partial<Fields>,
  saved: Fields,
): Partial<Fields> {
  const entries = Object.entries(typed) as [keyof Fields, unknown][]
  const different = entries.filter(([key, value]) => !isSame(value, saved[key]))
  return Object.fromEntries(different) as Partial<Fields>
}

// Everything in a form is JSON, and written by the same code on both sides.
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
