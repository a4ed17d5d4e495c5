import type { JWK } from 'jose'

/** How the edge proves itself at a token endpoint (OIDC Core §9). `automatic`: the secret, as the provider takes it. */
export type ClientAuthentication =
  | {
      readonly method: 'automatic' | 'client_secret_post' | 'client_secret_basic'
      readonly secret: string
    }
  | { readonly method: 'private_key_jwt'; readonly key: JWK }

/** Which claims of a provider say what. */
export interface ClaimNames {
  readonly userPrincipalName: string
  readonly displayName: string
  readonly givenName: string
  readonly surname: string
  readonly email: string
  /** undefined: this provider says nothing about groups. A name, or a path with dots. */
  readonly groups: string | undefined
  readonly roles: string | undefined
}

/** Who the people of an external provider are here. */
export interface PeopleRules {
  readonly claims: ClaimNames
  /** What the provider calls a group, and the directory's group that stands for it. */
  readonly groups: readonly { readonly name: string; readonly groupId: string }[]
  /** By what somebody whom the administrator entered is taken for the person who signs in; they then have one account. */
  readonly linking: 'never' | 'verifiedEmail' | 'userPrincipalName'
  /** Do people appear in the directory when they first sign in? Else only those get in who are known. */
  readonly admitsNewPeople: boolean
}

/** One provider as the relying party needs it, secrets in clear. */
export interface ProviderSettings {
  /** Names the provider in sessions. */
  readonly id: string
  readonly displayName: string
  readonly issuer: string
  /** undefined: where OpenID Connect Discovery §4 puts it. */
  readonly metadataUrl?: string | undefined
  readonly clientId: string
  readonly authentication: ClientAuthentication
  readonly scope: string
  /** Tells a provider of several organisations which one is meant. */
  readonly domainHint?: string | undefined
  /** The `acr` by which it asks for a second factor, and says that there was one; undefined: that of REFEDS. */
  readonly multiFactorContext?: string | undefined
  /** undefined: the provider's people are the directory's, and everything there is to know is there. */
  readonly people?: PeopleRules | undefined
  /** How to reach the provider; lets the edge reach its own listener and trust its own CA. */
  readonly fetch?: typeof fetch
}
