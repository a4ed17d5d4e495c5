/** An application as a client of the embedded provider. Times are epoch milliseconds. */
export interface RegisteredClient {
  readonly appId: string
  readonly servicePrincipalId: string
  readonly displayName: string
  /** https only. */
  readonly redirectUris: readonly string[]
  /** Of programs on people's own machines (RFC 8252). */
  readonly publicRedirectUris: readonly string[]
  readonly secrets: readonly { readonly hash: string; readonly endAt: number }[]
  /** Public keys in force, as JWKs. */
  readonly keys: readonly Readonly<Record<string, unknown>>[]
}

/** What a client asks a token for, as far as this client is concerned. */
export interface TokenResource {
  /** `aud` of the tokens. */
  readonly audience: string
  /** Roles that the client has there itself. */
  readonly roles: readonly string[]
  /** Whether the client may speak for itself there. */
  readonly admitsClient: boolean
  /** Whether the client may speak for people there. */
  readonly admitsPeople: boolean
  /** What the client may ask for on behalf of people; unsaid: to be that person there. */
  readonly scopes?: readonly string[]
}

/** The applications as the embedded provider sees them; the directory implements it. Rejects with its faults. */
export interface ClientStore {
  client(appId: string): Promise<RegisteredClient | undefined>
  /** `name` is an app id or an identifier URI. */
  resource(name: string, clientAppId: string): Promise<TokenResource | undefined>
  /** The resource that a scope names which stands alone, as the names of permissions do. */
  resourceOfScope?(scope: string): string | undefined
}
