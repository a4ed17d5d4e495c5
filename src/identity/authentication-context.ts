/**
 * How surely a person has proven who they are, as `acr` says it (OIDC Core §2) and `acr_values` asks for it: the two
 * profiles of REFEDS, because other providers and applications know them.
 */
export const singleFactor = 'https://refeds.org/profile/sfa'
export const multiFactor = 'https://refeds.org/profile/mfa'

/** What the embedded provider offers, the weakest first. */
export const authenticationContexts: readonly string[] = [singleFactor, multiFactor]

/**
 * How it was proven: the values of `amr` (RFC 8176 §2) that the embedded provider uses. A passkey with user verification
 * is `pop` (a key was used), `user` (somebody was there) and `mfa`; two are not registered, `recovery` for a recovery
 * code and `tap` for a temporary access pass.
 */
export const authenticationMethods = {
  password: 'pwd',
  oneTimeCode: 'otp',
  keyProof: 'pop',
  userPresence: 'user',
  multiFactor: 'mfa',
  recoveryCode: 'recovery',
  temporaryPass: 'tap',
} as const

/** The `acr` that belongs to an `amr` of the embedded provider. */
export function contextOf(amr: readonly string[]): string {
  return amr.includes(authenticationMethods.multiFactor) ? multiFactor : singleFactor
}

/**
 * Does a sign-in of context `acr` give one of `asked`? Whoever has shown two factors has shown one. Contexts we do not
 * know are reached by nobody; a request that names nothing is met by everybody.
 */
export function reachesContext(acr: string | undefined, asked: readonly string[]): boolean {
  if (asked.length === 0) return true
  const reached = authenticationContexts.indexOf(acr ?? '')
  return asked.some((wanted) => {
    const needed = authenticationContexts.indexOf(wanted)
    return needed >= 0 && reached >= needed
  })
}
