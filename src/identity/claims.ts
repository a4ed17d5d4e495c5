// A hundred thousand sessions of this size would be too much, but nobody's are: claims of a person are a few hundred
// bytes, unless a provider lists every group it knows.
const keptMaxBytes = 8 * 1024

// What these say is about the token, not about the person (RFC 7519 §4.1, OIDC Core §2 and §3.3.2.11).
const tokenClaims: ReadonlySet<string> = new Set([
  ...['aud', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'azp', 'at_hash', 'c_hash', 's_hash', 'sid'],
])

/** The claims about the person. */
export function personClaims(
  claims: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !tokenClaims.has(name)))
}

/**
 * As many claims as a session keeps, 8 KiB of JSON; the biggest are left out first, since a list that is cut short would
 * say what is not so. `dropped` names them.
 */
export function boundClaims(claims: Readonly<Record<string, unknown>>): {
  readonly claims: Readonly<Record<string, unknown>>
  readonly dropped: readonly string[]
} {
  const sizes = Object.entries(claims).map(([name, value]) => ({
    name,
    bytes: sizeOf(name, value),
  }))
  let bytes = sizes.reduce((sum, size) => sum + size.bytes, 2)
  if (bytes <= keptMaxBytes) return { claims, dropped: [] }
  const dropped = new Set<string>()
  for (const { name, bytes: size } of sizes.sort((a, b) => b.bytes - a.bytes)) {
    if (bytes <= keptMaxBytes) break
    dropped.add(name)
    bytes -= size
  }
  const kept = Object.entries(claims).filter(([name]) => !dropped.has(name))
  return { claims: Object.fromEntries(kept), dropped: [...dropped] }
}

function sizeOf(name: string, value: unknown): number {
  return Buffer.byteLength(JSON.stringify({ [name]: value })) - 1 // braces off, a comma on
}
