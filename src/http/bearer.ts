// RFC 6750 §2.1: the scheme in any case, one b64token.
const bearerPattern = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i
const bearerScheme = /^bearer(?: |$)/i

/** The token of an Authorization field; empty when it says Bearer and has none; undefined for other schemes. */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !bearerScheme.test(authorization)) return undefined
  return bearerPattern.exec(authorization)?.[1] ?? ''
}
