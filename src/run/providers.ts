import type { JWK } from 'jose'
import { Agent, fetch as undiciFetch } from 'undici'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ProviderDesk } from '../graph/call.ts'
import { publishClientKeys } from '../identity/relying-party/client-keys.ts'
import type {
  ClientKey,
  IdentityProvider,
  SealedAuthentication,
} from '../identity/relying-party/identity-provider.ts'
import type {
  ClientAuthentication,
  ProviderSettings,
} from '../identity/relying-party/provider-settings.ts'
import { RelyingParties } from '../identity/relying-party/relying-parties.ts'
import type { KeyVault } from './certificates.ts'
import { clientKeysPath, createSealingDesk, type SealingDesk, useOf } from './sealing-desk.ts'

/** The identity providers of a running edge: the embedded one, and the external ones as the directory has them. [S11] */
export class Providers implements ProviderDesk {
  readonly parties: RelyingParties
  readonly #desk: SealingDesk
  readonly #vault: KeyVault
  readonly #log: Log
  #configured: readonly IdentityProvider[] = []
  /** By trusted certificates: one way to reach those who share them. */
  readonly #ways = new Map<string, typeof fetch>()

  constructor(options: {
    readonly embedded: ProviderSettings
    readonly loginOrigin: string
    readonly vault: KeyVault
    readonly log: Log
  }) {
    const { embedded, loginOrigin, vault, log } = options
    this.parties = new RelyingParties({ embedded, loginOrigin, clock: systemClock })
    this.#desk = createSealingDesk(vault, loginOrigin)
    this.#vault = vault
    this.#log = log
  }

  /** Takes what the directory says now. */
  apply(configured: readonly IdentityProvider[]): void {
    this.#configured = configured
    const providers = configured.flatMap((provider) => this.#settingsOf(provider) ?? [])
    const trusted = new Set(configured.map((each) => each.trustedCertificates))
    for (const known of this.#ways.keys()) if (!trusted.has(known)) this.#ways.delete(known)
    this.parties.apply({ providers, defaultId: configured.find((each) => each.isDefault)?.id })
  }

  /** The JWK Set at this path; undefined when none is there. */
  publishedKeys(path: string): string | undefined {
    if (!path.startsWith(clientKeysPath)) return undefined
    const id = path.slice(clientKeysPath.length)
    const provider = this.#configured.find((each) => each.id === id)
    return provider && publishClientKeys(provider.authentication)
  }

  sealSecret(providerId: string, secret: string): string {
    return this.#desk.sealSecret(providerId, secret)
  }

  createKey(providerId: string): Promise<ClientKey> {
    return this.#desk.createKey(providerId)
  }

  redirectUri(providerId: string): string {
    return this.#desk.redirectUri(providerId)
  }

  keysUrl(providerId: string): string {
    return this.#desk.keysUrl(providerId)
  }

  async probe(provider: IdentityProvider): Promise<string | undefined> {
    const settings = this.#settingsOf(provider)
    if (!settings) return 'its secret was sealed with other keys; enter it again'
    try {
      await this.parties.partyOf(settings).probe()
      return undefined
    } catch (thrown) {
      return sentenceOf(thrown)
    }
  }

  #settingsOf(provider: IdentityProvider): ProviderSettings | undefined {
    const {
      authentication: sealed,
      trustedCertificates,
      isDefault: _,
      createdAt: __,
      ...facts
    } = provider
    const authentication = this.#open(provider.id, sealed)
    if (!authentication) {
      this.#log.error(
        { providerId: provider.id },
        'the secret of an identity provider was sealed with other keys; enter it again',
      )
      return undefined
    }
    const way = trustedCertificates === undefined ? {} : { fetch: this.#wayBy(trustedCertificates) }
    return { ...facts, authentication, ...way }
  }

  #open(id: string, sealed: SealedAuthentication): ClientAuthentication | undefined {
    const { method } = sealed
    if (method !== 'private_key_jwt') {
      const secret = this.#vault.open(useOf(id), sealed.sealedSecret)
      return secret === undefined ? undefined : { method, secret }
    }
    const [current] = sealed.keys
    const key = current && this.#vault.open(useOf(id), current.sealedKey)
    // `createClientKey` sealed it.
    return key === undefined ? undefined : { method, key: JSON.parse(key) as JWK }
  }

  #wayBy(certificates: string): typeof fetch {
    const known = this.#ways.get(certificates)
    if (known) return known
    const dispatcher = new Agent({ connect: { ca: certificates } })
    const way = ((url: string, options: object) =>
      undiciFetch(url, { ...options, dispatcher })) as unknown as typeof fetch
    this.#ways.set(certificates, way)
    return way
  }
}

// For administrators, who have entered the address: nothing that was sent there or came from there but its own words.
const sentenceMaxLength = 300

function sentenceOf(thrown: unknown): string {
  const messages: string[] = []
  for (let at = thrown; at instanceof Error; at = at.cause) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : ''
    messages.push(at.message || code || at.name)
  }
  return messages.join(': ').slice(0, sentenceMaxLength)
}
