// Deeper than any provider nests its claims.
const pathMaxParts = 8

/** The claim of this name, or else at this path: Keycloak's roles are at `realm_access.roles`. */
export function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  const parts = name.split('.')
  if (parts.length > pathMaxParts) return undefined
  let at: unknown = claims
  for (const part of parts) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Record<string, unknown>)[part]
  }
  return at
}

/** The texts of a claim: of a list, or the one there is; what is no text is left out. */
export function textsAt(
  claims: Readonly<Record<string, unknown>>,
  name: string | undefined,
): readonly string[] {
  const value = name === undefined ? undefined : claimAt(claims, name)
  const list = Array.isArray(value) ? value : [value]
  return list.filter((text) => typeof text === 'string' && text !== '')
}
