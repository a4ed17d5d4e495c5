import {
  createRemoteJWKSet,
  customFetch,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import { boundFetch } from './bounded-fetch.ts'
import { clockToleranceSeconds } from './logout-token.ts'
import type { ProviderSettings } from './provider-settings.ts'

// Signatures that only the provider can make: with a shared secret, or with none, anybody might (RFC 8725 §3.1).
export const signatureAlgorithms: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
  'Ed25519',
]
const keysTimeoutMs = 5_000
// Whoever sends tokens with unknown keys makes us ask the provider no more often than this.
const keysCooldownMs = 5_000

/** Checks what a provider has signed for the edge, other than in answer to it. */
export class TokenVerifier {
  readonly #settings: ProviderSettings
  #keys: { readonly url: string; readonly find: JWTVerifyGetKey } | undefined

  constructor(settings: ProviderSettings) {
    this.#settings = settings
  }

  /** The claims, when signature, issuer, audience and expiry are good; rejects with what `jose` throws. */
  async verify(
    token: string,
    provider: { readonly issuer: string; readonly keysUrl: string },
    now: number,
  ): Promise<{ readonly header: ProtectedHeaderParameters; readonly payload: JWTPayload }> {
    const { payload, protectedHeader } = await jwtVerify(token, this.keysAt(provider.keysUrl), {
      algorithms: [...signatureAlgorithms],
      issuer: provider.issuer,
      audience: this.#settings.clientId,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now),
    })
    return { header: protectedHeader, payload }
  }

  /** The keys at this address, fetched when first needed and when one is asked for that is not known. */
  keysAt(url: string): JWTVerifyGetKey {
    if (this.#keys?.url === url) return this.#keys.find
    const find = createRemoteJWKSet(new URL(url), {
      timeoutDuration: keysTimeoutMs,
      cooldownDuration: keysCooldownMs,
      [customFetch]: boundFetch(this.#settings.fetch ?? fetch),
    })
    this.#keys = { url, find }
    return find
  }
}
