import { X509Certificate } from 'node:crypto'
import type { Issue } from '../../base/check.ts'
import type { PeopleRules } from './provider-settings.ts'

/** An external OpenID Connect provider as the administrator configured it; secrets sealed. [S11] */
export interface IdentityProvider {
  readonly id: string
  readonly displayName: string
  /** People are sent there without being asked; true of one provider at most. */
  readonly isDefault: boolean
  readonly issuer: string
  /** undefined: where OpenID Connect Discovery §4 puts it. */
  readonly metadataUrl: string | undefined
  readonly clientId: string
  readonly authentication: SealedAuthentication
  readonly scope: string
  readonly domainHint: string | undefined
  /** The `acr` of a sign-in with a second factor there; undefined: that of REFEDS. */
  readonly multiFactorContext: string | undefined
  readonly people: PeopleRules
  /** PEM: authorities that this provider's certificate may come from; undefined: those that everybody trusts. */
  readonly trustedCertificates: string | undefined
  readonly createdAt: number
}

export type SealedAuthentication =
  | {
      readonly method: 'automatic' | 'client_secret_post' | 'client_secret_basic'
      readonly sealedSecret: string
    }
  | { readonly method: 'private_key_jwt'; readonly keys: readonly ClientKey[] }

/** A key pair of the edge as this provider's client. */
export interface ClientKey {
  readonly kid: string
  /** JWK. */
  readonly publicKey: Readonly<Record<string, unknown>>
  /** JWK, sealed. */
  readonly sealedKey: string
  readonly createdAt: number
}

const textMaxLength = 1024
// PEM of ten authorities.
const certificatesMaxLength = 64 * 1024
// More names of groups than a token can hold.
const groupsMax = 1_000

/** Everything wrong with a provider, at once. */
export function checkIdentityProvider(
  provider: IdentityProvider,
  others: readonly IdentityProvider[],
): readonly Issue[] {
  const issues: Issue[] = []
  const need = (right: boolean, path: string, code: string, message: string) => {
    if (!right) issues.push({ path, code, message })
  }
  need(
    isHttpsUrl(provider.issuer),
    '/issuer',
    'bad-url',
    `must be https:// without query, fragment or user`,
  )
  need(
    provider.metadataUrl === undefined || URL.parse(provider.metadataUrl)?.protocol === 'https:',
    ...(['/metadataUrl', 'bad-url', 'must be an https:// address'] as const),
  )
  need(isText(provider.clientId), '/clientId', 'bad-client-id', 'must be 1 to 1024 characters')
  need(
    /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(provider.scope) &&
      provider.scope.length <= textMaxLength &&
      provider.scope.split(' ').includes('openid'),
    ...([
      '/scope',
      'bad-scope',
      'must name scopes, openid among them, with one space between',
    ] as const),
  )
  const { trustedCertificates: trusted } = provider
  need(
    trusted === undefined || areCertificates(trusted),
    ...([
      '/trustedCertificates',
      'bad-pem',
      'must be certificates in PEM, 64 KiB at most',
    ] as const),
  )
  const { groups } = provider.people
  need(
    groups.length <= groupsMax,
    '/people/groups',
    'too-many',
    `must not name more than ${groupsMax} groups`,
  )
  const twin = others.find(
    ({ id, issuer, clientId }) =>
      id !== provider.id && issuer === provider.issuer && clientId === provider.clientId,
  )
  need(!twin, '/clientId', 'already-exists', `this client of this issuer is ${twin?.id}`)
  return issues
}

function areCertificates(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0 || pem.length > certificatesMaxLength) return false
  try {
    for (const block of blocks) new X509Certificate(block)
    return true
  } catch {
    return false // OpenSSL's words say nothing that helps
  }
}

function isText(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text) && text.length <= textMaxLength
}

// OIDC Core §2 on `iss`.
function isHttpsUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || text.length > textMaxLength) return false
  return url.protocol === 'https:' && url.username === '' && !/[?#\s]/.test(text)
}
