// Deeper causes say nothing an administrator could use.
const causesMax = 4

/** What went wrong at a provider, in codes and names: messages and bodies of a provider may hold tokens. */
export function describeFailure(thrown: unknown): string {
  const parts: string[] = []
  let at: unknown = thrown
  while (at instanceof Error && parts.length < causesMax) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : at.name
    if (code !== 'provider-unavailable') parts.push(code)
    at = at.cause
  }
  if (typeof at === 'string') parts.push(at)
  return parts.length === 0 ? 'unknown' : parts.join(': ')
}
