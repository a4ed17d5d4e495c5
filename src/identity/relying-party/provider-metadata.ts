import * as client from 'openid-client'
import type { Clock } from '../../base/clock.ts'
import { Fault } from '../../base/fault.ts'
import { boundFetch } from './bounded-fetch.ts'
import { authenticateClient } from './client-authentication.ts'
import type { ProviderSettings } from './provider-settings.ts'

// Endpoints and keys change rarely; openid-client itself refetches keys when it meets an unknown one.
const discoveryLifetimeMs = 60 * 60 * 1000
// While a provider is down, each person who comes asks at most this often, not each request.
const failureLifetimeMs = 2_000
// A key that is not known may be newer than the keys that are; whoever sends unknown ones gets no more than this.
const renewalIntervalMs = 1_000
// Clocks of servers are a minute apart at most, or their TLS would have trouble, too.
const clockToleranceSeconds = 60

/** What a provider says about itself, fetched when first needed, by one for all, and kept for an hour. */
export class ProviderMetadata {
  readonly #settings: ProviderSettings
  readonly #clock: Clock
  readonly #callMs: number
  #known: { readonly config: client.Configuration; readonly at: number } | undefined
  #failed: { readonly fault: Fault; readonly at: number } | undefined
  #discovering: Promise<client.Configuration> | undefined

  /** `callMs`: how long one call to the provider may take. */
  constructor(settings: ProviderSettings, clock: Clock, callMs: number) {
    this.#settings = settings
    this.#clock = clock
    this.#callMs = callMs
  }

  /** Throws `provider-unavailable`; an old description beats none. */
  async read(): Promise<client.Configuration> {
    const now = this.#clock()
    const known = this.#known
    if (known && now - known.at < discoveryLifetimeMs) return known.config
    const failed = this.#failed
    if (failed && now - failed.at < failureLifetimeMs) return orThrow(known, failed.fault)
    this.#discovering ??= this.#discover().finally(() => {
      this.#discovering = undefined
    })
    try {
      return await this.#discovering
    } catch (cause) {
      const fault = new Fault('provider-unavailable', 'the identity provider cannot be reached', {
        cause,
      })
      this.#failed = { fault, at: this.#clock() }
      return orThrow(known, fault)
    }
  }

  /** A token came with a key that is not known: keys are fetched anew next time. */
  forgetKeys(): void {
    const known = this.#known
    if (known && this.#clock() - known.at > renewalIntervalMs) {
      this.#known = { config: known.config, at: Number.NEGATIVE_INFINITY }
    }
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, metadataUrl, clientId, authentication } = this.#settings
    const config = await client.discovery(
      new URL(metadataUrl ?? issuer),
      clientId,
      { [client.clockTolerance]: clockToleranceSeconds },
      await authenticateClient(authentication),
      {
        timeout: this.#callMs / 1000,
        // OIDC Core §3.1.3.7 lets TLS stand in for the signature; we check it, so that a broken middlebox signs nobody in.
        execute: [client.enableNonRepudiationChecks],
        [client.customFetch]: boundFetch(this.#settings.fetch ?? fetch) as client.CustomFetch,
      },
    )
    checkMetadata(config.serverMetadata(), issuer)
    this.#known = { config, at: this.#clock() }
    this.#failed = undefined
    return config
  }
}

function orThrow(
  known: { readonly config: client.Configuration } | undefined,
  fault: Fault,
): client.Configuration {
  if (known) return known.config
  throw fault
}

// The token endpoint and the keys are checked by openid-client when they are called; two are only handed to the browser.
function checkMetadata(metadata: client.ServerMetadata, issuer: string): void {
  // Where the address of the description was given, nobody else compares (OpenID Connect Discovery §4.3).
  if (URL.parse(metadata.issuer)?.href !== URL.parse(issuer)?.href) {
    throw new TypeError('the provider calls itself another issuer')
  }
  for (const endpoint of [metadata.authorization_endpoint, metadata.end_session_endpoint]) {
    if (endpoint !== undefined && URL.parse(endpoint)?.protocol !== 'https:') {
      throw new TypeError('the provider names an endpoint without https')
    }
  }
}
