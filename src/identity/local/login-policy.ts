import '../lts-flag.ts'
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Demand } from '../access-gate.ts'
import type { Administration } from '../administration.ts'
import { multiFactor, reachesContext } from '../authentication-context.ts'

/** The reason of an interaction that asks somebody signed in for one more factor and nothing else. */
export const reasonMoreFactors = 'more_factors'

/**
 * When the provider asks somebody who has a session: for OIDC's own reasons, when the account is gone, for more, and for
 * what the policies about the management API want of those who ask for a token of it.
 */
export function loginPolicy(administration?: Administration) {
  const policy = interactionPolicy.base()
  const checks = policy.get('login')?.checks
  // Somebody deleted or disabled whose session still stands is asked to sign in again, instead of an internal error.
  checks?.add(
    new interactionPolicy.Check(
      'account_gone',
      'the account is not available any more',
      (ctx) => ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined,
    ),
  )
  // Clients are registered by an administrator, and nobody else is asked for consent. But any program on a machine can pass
  // itself off as one that is registered (RFC 8252 §8.6), so the person has to be there, session or not.
  policy.get('consent')?.checks.remove('native_client_prompt')
  checks?.add(
    new interactionPolicy.Check(
      'native_program',
      'a program asks, and the person is to say so',
      (ctx) =>
        ctx.oidc.session?.accountId !== undefined &&
        ctx.oidc.result?.login === undefined &&
        isLocalProgram(ctx),
    ),
  )
  // Ours knows that two factors are more than one, and takes `acr_values` for more than a wish.
  checks?.remove('essential_acr')
  checks?.remove('essential_acrs')
  checks?.add(
    new interactionPolicy.Check(
      reasonMoreFactors,
      'the sign-in is not as sure as was asked for',
      (ctx) =>
        ctx.oidc.session?.accountId !== undefined &&
        (!reachesContext(ctx.oidc.acr, askedContexts(ctx)) ||
          demandOf(ctx, administration)?.multiFactor === true),
      (ctx) => {
        const lacks = demandOf(ctx, administration)?.multiFactor === true
        return { [demandedContexts]: lacks ? [multiFactor] : [] }
      },
    ),
  )
  checks?.add(
    new interactionPolicy.Check(
      'too_old',
      'a policy asks for a newer sign-in before the management API',
      (ctx) =>
        ctx.oidc.result?.login === undefined &&
        demandOf(ctx, administration)?.maxAgeSeconds !== undefined,
    ),
  )
  return policy
}

// Where the details of an interaction have what a policy asks for, beside what the program did.
const demandedContexts = 'contexts'

/** The contexts that a policy asks for, from the details of an interaction. */
export function contextsDemanded(details: Readonly<Record<string, unknown>>): readonly string[] {
  const contexts = details[demandedContexts]
  return Array.isArray(contexts) ? contexts.map(String) : []
}

function demandOf(
  { req, oidc }: KoaContextWithOIDC,
  administration: Administration | undefined,
): Demand | undefined {
  const { accountId: personId, amr = [], loginTs: signedInAt = 0 } = oidc.session ?? {}
  const asked = Object.values(oidc.resourceServers ?? {}).map((resource) => resource.audience)
  if (!administration || personId === undefined) return undefined
  if (!asked.includes(administration.audience)) return undefined
  const client = { peer: req.socket.remoteAddress ?? '', headers: req.rawHeaders }
  const verdict = administration.judge({ personId, amr, signedInAt }, client)
  return !verdict.allowed && 'demand' in verdict.because ? verdict.because.demand : undefined
}

// Whoever has the https address of a redirect is who they say they are.
function isLocalProgram({ oidc }: KoaContextWithOIDC): boolean {
  const isNative = oidc.client?.applicationType === 'native'
  return isNative && !String(oidc.params?.['redirect_uri']).startsWith('https:')
}

// OIDC Core §5.5.1.1, where oidc-provider also puts what `acr_values` names.
function askedContexts(ctx: KoaContextWithOIDC): readonly string[] {
  return contextsIn(ctx.oidc.claims.id_token?.['acr'])
}

/** The contexts that a member of the claims parameter asks for; none when it is no such member. */
function contextsIn(member: unknown): readonly string[] {
  const { value, values } = (member ?? {}) as {
    readonly value?: unknown
    readonly values?: unknown
  }
  const asked: readonly unknown[] = Array.isArray(values) ? values : [value]
  return asked.filter((one) => typeof one === 'string')
}
/** The contexts that an authorization request asks for, from its parameters as they were sent. */
export function contextsAsked(params: Readonly<Record<string, unknown>>): readonly string[] {
  const { acr_values: values, claims } = params
  if (typeof values === 'string') return values.split(' ')
  if (typeof claims !== 'string') return []
  const { id_token: member } = JSON.parse(claims) as {
    readonly id_token?: { readonly acr?: unknown }
  }
  return contextsIn(member?.acr)
}
