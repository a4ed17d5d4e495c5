import {
  authenticationMethods,
  multiFactor,
  reachesContext,
} from '../identity/authentication-context.ts'

/** Whether a sign-in was made with more than one factor, by what the provider said of it (RFC 8176 §2, OIDC Core §2). */
export function provesMultiFactor({
  amr,
  acr,
}: {
  readonly amr: readonly string[]
  readonly acr: string | undefined
}): boolean {
  return amr.includes(authenticationMethods.multiFactor) || reachesContext(acr, [multiFactor])
}
