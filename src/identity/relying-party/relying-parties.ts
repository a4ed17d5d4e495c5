import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../base/clock.ts'
import type { Refreshed } from '../session/refreshed.ts'
import type { SessionTokens } from '../session.ts'
import type { ProviderSettings } from './provider-settings.ts'
import { RelyingParty } from './relying-party.ts'

/** The central redirect URI; external providers have one each, so that none can pass off another's code (RFC 9700 §4.4). */
export const callbackPath = '/.sallyport/callback'

/** A provider that somebody may sign in with. */
export interface ProviderChoice {
  readonly id: string
  readonly displayName: string
}

/** External providers as they are configured now. */
export interface ExternalProviders {
  readonly providers: readonly ProviderSettings[]
  /** Where people are sent without being asked. */
  readonly defaultId: string | undefined
}

/** All providers of the edge: the embedded one, and those that the administrator configured. [S11] */
export class RelyingParties {
  readonly #embedded: RelyingParty
  readonly #loginOrigin: string
  readonly #clock: Clock
  #external: ReadonlyMap<string, RelyingParty> = new Map()
  #defaultId: string | undefined

  constructor(options: {
    readonly embedded: ProviderSettings
    /** Where providers send the browser back to. */
    readonly loginOrigin: string
    readonly clock: Clock
  }) {
    const { embedded, loginOrigin, clock } = options
    this.#embedded = new RelyingParty(embedded, loginOrigin + callbackPath, clock)
    this.#loginOrigin = loginOrigin
    this.#clock = clock
  }

  /** Takes what is configured now; a provider that is as it was keeps what is known about it. */
  apply({ providers, defaultId }: ExternalProviders): void {
    const before = this.#external
    this.#external = new Map(
      providers.map((settings) => {
        const known = before.get(settings.id)
        const same = known && isDeepStrictEqual(known.settings, settings)
        return [settings.id, same ? known : this.partyOf(settings)] as const
      }),
    )
    this.#defaultId = defaultId
  }

  /** One that is not kept, to try settings out. */
  partyOf(settings: ProviderSettings): RelyingParty {
    return new RelyingParty(settings, this.redirectUriOf(settings.id), this.#clock)
  }

  /** What has to be registered at the provider. */
  redirectUriOf(id: string): string {
    return `${this.#loginOrigin}${callbackPath}/${id}`
  }

  /** The provider of this id, as long as it is configured. */
  find(id: string): RelyingParty | undefined {
    return id === this.#embedded.settings.id ? this.#embedded : this.#external.get(id)
  }

  /** The external provider that calls itself so. */
  findByIssuer(issuer: string): RelyingParty | undefined {
    const parties = [...this.#external.values()]
    return parties.find(({ settings }) => settings.issuer === issuer)
  }

  /** Asks the provider of a session for new tokens. Never rejects. [S6] */
  async refresh(providerId: string, tokens: SessionTokens): Promise<Refreshed> {
    const party = this.find(providerId)
    return party ? party.refresh(tokens) : { refused: 'rejected', cause: 'no such provider' }
  }

  /** Where a sign-in goes: to the one that is meant, else to the default, else several to choose from. */
  offered(wanted: string | undefined): readonly ProviderChoice[] {
    const one = this.find(wanted ?? this.#defaultId ?? '')
    if (one) return [one.settings]
    return [...this.#external.values(), this.#embedded].map(({ settings }) => settings)
  }
}
