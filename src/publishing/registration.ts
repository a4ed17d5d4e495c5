/** The role that lets people in; the original gives it, and the next one, to every application of its template. */
export const userRoleId = '18d14569-c3bd-439b-9a66-3a2aee01d14f'
export const accessRoleId = 'b9632174-c057-4f7e-951b-be3adc52bfe6'
/** These say no more than that somebody may enter. */
export const rolesWithoutValue = [userRoleId, accessRoleId] as const

/** What an application is as a client of the identity provider, and as somebody whom clients ask for access. */
export interface Registration {
  /** Else nobody enters it, and it gets no tokens. */
  readonly enabled: boolean
  /** Beside the two that let people in. */
  readonly appRoles: readonly AppRole[]
  /** Of programs on people's own machines, which keep no secret (RFC 8252). */
  readonly publicRedirectUris: readonly string[]
  /** Other applications that it may ask for, on behalf of a person. */
  readonly requiredResources: readonly RequiredResource[]
  readonly credentials: readonly ClientCredential[]
}

export interface AppRole {
  readonly id: string
  readonly displayName: string
  readonly description: string
  /** What stands in the `roles` of a token. */
  readonly value: string
  readonly enabled: boolean
  readonly allowedMembers: readonly ('User' | 'Application')[]
}

export interface RequiredResource {
  readonly resourceAppId: string
  readonly access: readonly { readonly id: string; readonly type: 'Scope' | 'Role' }[]
}

/** Times are epoch milliseconds. */
interface CredentialFacts {
  readonly keyId: string
  readonly displayName: string | undefined
  readonly startAt: number
  readonly endAt: number
}

/** A secret, of which only the hash is kept: it is random, and so cannot be found by trying. */
export interface ClientSecret extends CredentialFacts {
  readonly kind: 'secret'
  /** The first characters, to tell secrets apart. */
  readonly hint: string
  /** SHA-256, base64url. */
  readonly hash: string
}

/** The public key of a certificate, for assertions (RFC 7523). */
export interface ClientKey extends CredentialFacts {
  readonly kind: 'key'
  /** SHA-1 of the certificate, base64, as the original tells certificates apart. */
  readonly thumbprint: string
  readonly publicJwk: Readonly<Record<string, unknown>>
}

export type ClientCredential = ClientSecret | ClientKey

export const noRegistration: Registration = {
  enabled: true,
  appRoles: [],
  publicRedirectUris: [],
  requiredResources: [],
  credentials: [],
}
