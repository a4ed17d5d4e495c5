import { createHash } from 'node:crypto'
import * as client from 'openid-client'
import type { Clock } from '../base/clock.ts'
import { Fault } from '../base/fault.ts'
import { boundFetch } from './bounded-fetch.ts'
import { readIdToken } from './id-token.ts'
import type { SignedIn } from './signed-in.ts'

/** The one OpenID Connect client of the whole edge. */
export interface ProviderSettings {
  /** Names the provider in sessions. */
  readonly id: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** How to reach the provider; lets the edge reach its own listener and trust its own CA. */
  readonly fetch?: typeof fetch
}

/** `stale-code`: used or too old, a new try may work; `rejected`: the answer broke a rule, which is logged. */
export type Exchanged =
  | SignedIn
  | { readonly refused: 'stale-code' | 'rejected'; readonly cause: unknown }

// Sign-out needs `sid`, policies the others.
const wantedClaims = { sid: null, auth_time: null, acr: null, amr: null } as const
// 5 s a call, as peers allow; a person sees the page that says so within 10 s, whatever chain of calls it was.
const callLimits = { callMs: 5_000, stepMs: 9_000 } as const
// Endpoints and keys change rarely; openid-client itself refetches keys when it meets an unknown one.
const discoveryLifetimeMs = 60 * 60 * 1000

/** Speaks OpenID Connect with the provider: discovery when first needed, authorization code with PKCE and nonce. */
export class RelyingParty {
  readonly #settings: ProviderSettings
  readonly #redirectUri: string
  readonly #clock: Clock
  readonly #limits: { readonly callMs: number; readonly stepMs: number }
  #known: { readonly config: client.Configuration; readonly at: number } | undefined
  #discovering: Promise<client.Configuration> | undefined

  constructor(
    settings: ProviderSettings,
    redirectUri: string,
    clock: Clock,
    limits: { readonly callMs: number; readonly stepMs: number } = callLimits,
  ) {
    this.#limits = limits
    this.#settings = settings
    this.#redirectUri = redirectUri
    this.#clock = clock
  }

  /** Where to send the browser. Throws `provider-unavailable`. */
  async authorizationUrl(flow: { state: string; nonce: string; verifier: string }): Promise<URL> {
    const config = await within(this.#limits.stepMs, this.#configuration())
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: this.#redirectUri,
      scope: 'openid profile email',
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: createHash('sha256').update(flow.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    // A provider that takes the claims parameter tells what it otherwise might not (OIDC Core §5.5).
    if (config.serverMetadata().claims_parameter_supported) {
      url.searchParams.set('claims', JSON.stringify({ id_token: wantedClaims }))
    }
    return url
  }

  /** Trades the code in `query` for an ID token and checks it (OIDC Core §3.1.3.7). Throws `provider-unavailable`. */
  exchange(
    query: string,
    flow: { state: string; nonce: string; verifier: string },
  ): Promise<Exchanged> {
    return within(this.#limits.stepMs, this.#exchange(query, flow))
  }

  /** Where signing out goes on at the provider; undefined when it has no such place or cannot be asked. */
  async endSessionUrl(
    idToken: string | undefined,
    postLogoutRedirectUri: string,
  ): Promise<URL | undefined> {
    const config = await within(this.#limits.stepMs, this.#configuration()).catch(() => undefined) // signed out here all the same
    if (!config?.serverMetadata().end_session_endpoint) return undefined
    return client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: postLogoutRedirectUri,
      ...(idToken === undefined ? {} : { id_token_hint: idToken }),
    })
  }

  async #exchange(
    query: string,
    flow: { state: string; nonce: string; verifier: string },
  ): Promise<Exchanged> {
    const config = await this.#configuration()
    try {
      const tokens = await client.authorizationCodeGrant(
        config,
        new URL(this.#redirectUri + query),
        {
          expectedState: flow.state,
          expectedNonce: flow.nonce,
          pkceCodeVerifier: flow.verifier,
          idTokenExpected: true,
        },
      )
      return readIdToken(this.#settings.id, tokens, this.#clock())
    } catch (thrown) {
      return judgeFailure(thrown)
    }
  }

  async #configuration(): Promise<client.Configuration> {
    const known = this.#known
    if (known && this.#clock() - known.at < discoveryLifetimeMs) return known.config
    this.#discovering ??= this.#discover().finally(() => {
      this.#discovering = undefined
    })
    try {
      return await this.#discovering
    } catch (cause) {
      if (known) return known.config // an old description beats none
      throw new Fault('provider-unavailable', 'the identity provider cannot be reached', { cause })
    }
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings
    const config = await client.discovery(
      new URL(issuer),
      clientId,
      { client_secret: clientSecret },
      authenticateClient(clientSecret),
      {
        timeout: this.#limits.callMs / 1000,
        // OIDC Core §3.1.3.7 lets TLS stand in for the signature; we check it, so that a broken middlebox signs nobody in.
        execute: [client.enableNonRepudiationChecks],
        [client.customFetch]: boundFetch(this.#settings.fetch ?? fetch) as client.CustomFetch,
      },
    )
    requireHttps(config.serverMetadata())
    this.#known = { config, at: this.#clock() }
    return config
  }
}

/** Basic only where the provider takes nothing else: it garbles secrets with special characters at some of them. */
function authenticateClient(secret: string): client.ClientAuth {
  const post = client.ClientSecretPost(secret)
  const basic = client.ClientSecretBasic(secret)
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported
    const onlyBasic = methods !== undefined && !methods.includes('client_secret_post')
    return (onlyBasic ? basic : post)(server, ...rest)
  }
}

// The token endpoint is checked by openid-client when it is called; these two are only handed to the browser.
function requireHttps(metadata: client.ServerMetadata): void {
  for (const endpoint of [metadata.authorization_endpoint, metadata.end_session_endpoint]) {
    if (endpoint !== undefined && URL.parse(endpoint)?.protocol !== 'https:') {
      throw new TypeError('the provider names an endpoint without https')
    }
  }
}

// What the provider said and what never arrived are told apart by type and code, never by message.
function judgeFailure(thrown: unknown): Exchanged {
  if (thrown instanceof client.ResponseBodyError && thrown.status < 500) {
    const refused = thrown.error === 'invalid_grant' ? 'stale-code' : 'rejected'
    return { refused, cause: thrown }
  }
  if (thrown instanceof client.AuthorizationResponseError)
    return { refused: 'rejected', cause: thrown }
  if (thrown instanceof client.ClientError && ruleBreaks.has(thrown.code ?? '')) {
    return { refused: 'rejected', cause: thrown }
  }
  throw new Fault('provider-unavailable', 'the identity provider gave no usable answer', {
    cause: thrown,
  })
}

// openid-client's codes for a token or an answer that breaks the protocol; anything else is an outage.
const ruleBreaks: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JWT_USERINFO_EXPECTED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
])

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
