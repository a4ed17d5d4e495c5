import { createHash } from 'node:crypto'
import { decodeJwt, type JWTVerifyGetKey } from 'jose'
import * as client from 'openid-client'
import type { Clock } from '../../base/clock.ts'
import { Fault } from '../../base/fault.ts'
import type { Demand } from '../access-gate.ts'
import { demandParameters, withFactors } from '../demand.ts'
import type { Refreshed } from '../session/refreshed.ts'
import type { SessionTokens } from '../session.ts'
import type { SignedIn } from '../signed-in.ts'
import { readIdToken } from './id-token.ts'
import { type LogoutClaims, readLogoutToken } from './logout-token.ts'
import { describeFailure } from './provider-failure.ts'
import { ProviderMetadata } from './provider-metadata.ts'
import type { ProviderSettings } from './provider-settings.ts'
import { judgeRefreshFailure } from './refresh-failure.ts'
import { breaksRule, isUnknownKey } from './rule-breaks.ts'
import { TokenVerifier } from './token-verifier.ts'
import { completeClaims } from './user-info.ts'

/**
 * `stale-code`: used or too old, or signed with a key that was not known yet; a new try may work. `rejected`: the answer
 * broke a rule, which is logged.
 */
export type Exchanged =
  | SignedIn
  | { readonly refused: 'stale-code' | 'rejected'; readonly cause: unknown }

/** The secrets of one sign-in at a provider. */
export interface ProviderFlow {
  readonly state: string
  readonly nonce: string
  /** PKCE (RFC 7636). */
  readonly verifier: string
}

// Sign-out needs `sid`, policies the others.
const wantedClaims = { sid: null, auth_time: null, acr: null, amr: null } as const
// 5 s a call, as peers allow; a person sees the page that says so within 10 s, whatever chain of calls it was.
const callLimits = { callMs: 5_000, stepMs: 9_000 } as const

/** Speaks OpenID Connect with one provider: authorization code with PKCE and nonce (RFC 9700). */
export class RelyingParty {
  readonly settings: ProviderSettings
  readonly redirectUri: string
  readonly #clock: Clock
  readonly #limits: { readonly callMs: number; readonly stepMs: number }
  readonly #metadata: ProviderMetadata
  readonly #verifier: TokenVerifier

  constructor(
    settings: ProviderSettings,
    redirectUri: string,
    clock: Clock,
    limits: { readonly callMs: number; readonly stepMs: number } = callLimits,
  ) {
    this.settings = settings
    this.redirectUri = redirectUri
    this.#limits = limits
    this.#clock = clock
    this.#metadata = new ProviderMetadata(settings, clock, limits.callMs)
    this.#verifier = new TokenVerifier(settings)
  }

  /** Is the provider there, and what it says of itself sound? Throws `provider-unavailable`, the reason as its cause. */
  async probe(): Promise<void> {
    await within(this.#limits.stepMs, this.#metadata.read())
  }

  /** Where to send the browser, and what the sign-in there is to bring. Throws `provider-unavailable`. */
  authorizationUrl(flow: ProviderFlow, demand?: Demand): Promise<URL> {
    return within(this.#limits.stepMs, this.#authorizationUrl(flow, demand))
  }

  /** Trades the code in `query` for an ID token and checks it (OIDC Core §3.1.3.7). Throws `provider-unavailable`. */
  exchange(query: string, flow: ProviderFlow): Promise<Exchanged> {
    return within(this.#limits.stepMs, this.#exchange(query, flow))
  }

  /** Asks for new tokens without the browser (OIDC Core §12). Never rejects. [S6] */
  async refresh(tokens: SessionTokens): Promise<Refreshed> {
    let config: client.Configuration
    try {
      config = await within(this.#limits.stepMs, this.#metadata.read())
    } catch (thrown) {
      return { unanswered: 'unsent', cause: describeFailure(thrown) }
    }
    try {
      return await within(this.#limits.callMs, this.#refresh(config, tokens))
    } catch (thrown) {
      if (isUnknownKey(thrown)) this.#metadata.forgetKeys()
      return judgeRefreshFailure(thrown)
    }
  }

  /** Whom the provider signed out, from a token it has sent by itself. Rejects where the signature or so is wrong. [S9] */
  async readLogoutToken(token: string): Promise<LogoutClaims> {
    const config = await within(this.#limits.stepMs, this.#metadata.read())
    const { issuer, jwks_uri: keysUrl } = config.serverMetadata()
    if (keysUrl === undefined) throw new TypeError('the provider names no keys')
    const now = this.#clock()
    const { header, payload } = await this.#verifier.verify(token, { issuer, keysUrl }, now)
    return readLogoutToken(header, payload, now)
  }

  /** What the provider signs tokens with. Throws `provider-unavailable`. [S10] */
  async keys(): Promise<JWTVerifyGetKey> {
    const config = await within(this.#limits.stepMs, this.#metadata.read())
    const { jwks_uri: keysUrl } = config.serverMetadata()
    if (keysUrl === undefined) throw new Fault('provider-unavailable', 'it names no keys')
    return this.#verifier.keysAt(keysUrl)
  }

  /** Where signing out goes on at the provider; undefined when it has no such place or cannot be asked. */
  async endSessionUrl(
    idToken: string | undefined,
    postLogoutRedirectUri: string,
  ): Promise<URL | undefined> {
    const config = await within(this.#limits.stepMs, this.#metadata.read()).catch(() => undefined) // signed out here all the same
    if (!config?.serverMetadata().end_session_endpoint) return undefined
    return client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: postLogoutRedirectUri,
      ...(idToken === undefined ? {} : { id_token_hint: idToken }),
    })
  }

  async #authorizationUrl(flow: ProviderFlow, demand: Demand | undefined): Promise<URL> {
    const config = await this.#metadata.read()
    const { scope, domainHint, multiFactorContext } = this.settings
    const metadata = config.serverMetadata()
    const parameters = {
      redirect_uri: this.redirectUri,
      scope,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: createHash('sha256').update(flow.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(domainHint !== undefined && { domain_hint: domainHint }),
      ...demandParameters(demand, multiFactorContext),
      // A provider that takes the claims parameter tells what it otherwise might not (OIDC Core §5.5).
      ...(metadata.claims_parameter_supported && {
        claims: JSON.stringify({ id_token: wantedClaims }),
      }),
    }
    // RFC 9126, where nothing else is taken.
    if (!metadata.require_pushed_authorization_requests) {
      return client.buildAuthorizationUrl(config, parameters)
    }
    return client.buildAuthorizationUrlWithPAR(config, parameters).catch((cause: unknown) => {
      throw new Fault('provider-unavailable', 'the identity provider took no pushed request', {
        cause,
      })
    })
  }

  async #exchange(query: string, flow: ProviderFlow): Promise<Exchanged> {
    const config = await this.#metadata.read()
    const askedAt = this.#clock()
    try {
      const tokens = await client.authorizationCodeGrant(
        config,
        new URL(this.redirectUri + query),
        {
          expectedState: flow.state,
          expectedNonce: flow.nonce,
          pkceCodeVerifier: flow.verifier,
          idTokenExpected: true,
        },
      )
      const signedIn = readIdToken(this.settings.id, tokens, askedAt, this.#clock())
      if ('refused' in signedIn) return signedIn
      return await completeClaims(
        this.settings.people?.claims,
        config,
        tokens.access_token,
        withFactors(signedIn, this.settings.multiFactorContext),
      )
    } catch (thrown) {
      const judged = judgeFailure(thrown)
      if (judged === 'unknown-key') this.#metadata.forgetKeys()
      return { refused: judged === 'rejected' ? judged : 'stale-code', cause: thrown }
    }
  }

  async #refresh(
    config: client.Configuration,
    { idToken, refreshToken = '' }: SessionTokens,
  ): Promise<Refreshed> {
    const askedAt = this.#clock()
    const tokens = await client.refreshTokenGrant(config, refreshToken)
    if (tokens.id_token === undefined) {
      return { signedIn: undefined, refreshToken: tokens.refresh_token }
    }
    if (!isOfNow(tokens.id_token, this.#clock())) return { unanswered: 'unknown', cause: 'a clock' }
    const signedIn = readIdToken(this.settings.id, tokens, askedAt, this.#clock())
    if ('refused' in signedIn) return { refused: 'rejected', cause: signedIn.cause }
    // OIDC Core §12.2: the same issuer and the same person, or the answer counts for nothing.
    const { iss, sub } = decodeJwt(idToken)
    if (signedIn.issuer !== iss || signedIn.subject !== sub) {
      return { refused: 'rejected', cause: 'another person' }
    }
    const { refreshToken: next } = signedIn
    const { claims } = this.settings.people ?? {}
    try {
      const complete = await completeClaims(claims, config, tokens.access_token, signedIn)
      return { signedIn: complete, refreshToken: next }
    } catch {
      // The provider has vouched, and half of what it says of somebody would take the other half from them.
      return { signedIn: undefined, refreshToken: next }
    }
  }
}

// A token made just now that is of another time says that a clock was set, here or there: no reason to end sessions.
function isOfNow(idToken: string, now: number): boolean {
  const { iat = 0 } = decodeJwt(idToken)
  return Math.abs(now / 1000 - iat) < clockSetSeconds
}

const clockSetSeconds = 5 * 60

// What the provider said and what never arrived are told apart by type and code, never by message.
function judgeFailure(thrown: unknown): 'stale-code' | 'unknown-key' | 'rejected' {
  if (thrown instanceof client.ResponseBodyError && thrown.status < 500) {
    return thrown.error === 'invalid_grant' ? 'stale-code' : 'rejected'
  }
  if (thrown instanceof client.AuthorizationResponseError) return 'rejected'
  if (isUnknownKey(thrown)) return 'unknown-key'
  if (breaksRule(thrown)) return 'rejected'
  throw new Fault('provider-unavailable', 'the identity provider gave no usable answer', {
    cause: thrown,
  })
}

async function within<Value>(limitMs: number, step: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Fault('provider-unavailable', 'the identity provider took too long'))
    }, limitMs)
  })
  try {
    return await Promise.race([step, late])
  } finally {
    clearTimeout(timer)
  }
}
