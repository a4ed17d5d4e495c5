import { randomUUID, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type {
  AppRole,
  ClientCredential,
  ClientKey,
  Registration,
} from '../../publishing/registration.ts'
import { guid, nameOf, readOnly } from './body.ts'

/** What keeps one application's registration from growing without end. */
const maxRoles = 200
const maxCredentials = 50
const maxRedirects = 256

const appRole = z.strictObject({
  id: guid,
  displayName: nameOf(256),
  description: z.string().max(1024).nullish(),
  // RFC 6749 §3.3: what a scope may consist of, so that lists of them can be split.
  value: z
    .string()
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,120}$/, 'must be a word')
    .nullish(),
  isEnabled: z.boolean().default(true),
  allowedMemberTypes: z.array(z.enum(['User', 'Application'])).min(1),
  origin: z.unknown().optional(),
  lang: z.unknown().optional(),
})

const requiredResource = z.strictObject({
  resourceAppId: guid,
  resourceAccess: z
    .array(z.strictObject({ id: guid, type: z.enum(['Scope', 'Role']) }))
    .max(maxRoles),
})

const keyCredential = z.strictObject({
  keyId: guid.optional(),
  displayName: z.string().max(256).nullish(),
  type: z.literal('AsymmetricX509Cert').default('AsymmetricX509Cert'),
  usage: z.literal('Verify').default('Verify'),
  /** A certificate, DER or PEM, in Base64; one that is kept already may come without. */
  key: z.string().max(16_384).nullish(),
  customKeyIdentifier: z.string().max(256).nullish(),
  startDateTime: z.iso.datetime({ offset: true }).nullish(),
  endDateTime: z.iso.datetime({ offset: true }).nullish(),
  hasExtendedValue: z.unknown().optional(),
})

/** What of `PATCH /applications/{id}` is about the application as a client. */
export const registrationFields = {
  appRoles: z.array(appRole).max(maxRoles).optional(),
  publicClient: z
    .strictObject({
      redirectUris: z
        .array(
          z
            .string()
            .max(2048)
            .refine(
              isPublicRedirect,
              'must be http://127.0.0.1, http://localhost or a scheme of its own',
            ),
        )
        .max(maxRedirects)
        .optional(),
    })
    .nullish(),
  requiredResourceAccess: z.array(requiredResource).max(maxRoles).optional(),
  keyCredentials: z.array(keyCredential).max(maxCredentials).optional(),
  api: readOnly,
}

// RFC 8252 §7: loopback of any port, or a private-use scheme, which has a dot in it.
function isPublicRedirect(text: string): boolean {
  const url = URL.parse(text)
  if (!url || text.includes('#') || url.username !== '') return false
  if (url.protocol === 'http:') return ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  return url.protocol === 'https:' || url.protocol.includes('.')
}

export interface RegistrationBody {
  readonly appRoles?: readonly z.output<typeof appRole>[] | undefined
  readonly publicClient?:
    | { readonly redirectUris?: readonly string[] | undefined }
    | null
    | undefined
  readonly requiredResourceAccess?: readonly z.output<typeof requiredResource>[] | undefined
  readonly keyCredentials?: readonly KeyBody[] | undefined
}

type KeyBody = z.output<typeof keyCredential>

/** The registration with what was sent. Throws a TypeError for a key that is no certificate; see `keyProblem`. */
export function mergeRegistration(sent: RegistrationBody, current: Registration): Registration {
  const { publicClient, requiredResourceAccess: required } = sent
  const redirects = publicClient === null ? [] : publicClient?.redirectUris
  return {
    enabled: current.enabled,
    appRoles: sent.appRoles?.filter(({ value }) => value).map(toRole) ?? current.appRoles,
    publicRedirectUris: redirects ?? current.publicRedirectUris,
    requiredResources:
      required?.map((each) => ({
        resourceAppId: each.resourceAppId,
        access: each.resourceAccess,
      })) ?? current.requiredResources,
    credentials: sent.keyCredentials
      ? [
          ...current.credentials.filter(isSecret),
          ...sent.keyCredentials.map((key) => toKey(key, current)),
        ]
      : current.credentials,
  }
}

function toRole(role: z.output<typeof appRole>): AppRole {
  return {
    id: role.id,
    displayName: role.displayName,
    description: role.description ?? '',
    value: role.value ?? '',
    enabled: role.isEnabled,
    allowedMembers: role.allowedMemberTypes,
  }
}

function isSecret({ kind }: ClientCredential): boolean {
  return kind === 'secret'
}

function toKey(sent: KeyBody, current: Registration): ClientKey {
  const kept = current.credentials.find((each) => each.keyId === sent.keyId)
  if (!sent.key && kept?.kind === 'key') return kept
  const certificate = readCertificate(sent.key ?? '')
  if (!certificate) throw new TypeError('no certificate')
  const start = sent.startDateTime ? Date.parse(sent.startDateTime) : 0
  const end = sent.endDateTime ? Date.parse(sent.endDateTime) : Number.POSITIVE_INFINITY
  return {
    kind: 'key',
    keyId: sent.keyId ?? randomUUID(),
    displayName: sent.displayName ?? certificate.subject,
    thumbprint: Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64'),
    publicJwk: certificate.publicKey.export({ format: 'jwk' }) as Record<string, unknown>,
    // No longer than the certificate itself.
    startAt: Math.max(start, certificate.validFromDate.getTime()),
    endAt: Math.min(end, certificate.validToDate.getTime()),
  }
}

/** What is wrong with the certificates that were sent: their places. */
export function badKeys(sent: RegistrationBody, current: Registration): readonly number[] {
  return (sent.keyCredentials ?? []).flatMap((key, index) => {
    const isKept = !key.key && current.credentials.some(({ keyId }) => keyId === key.keyId)
    return isKept || isUsable(readCertificate(key.key ?? '')) ? [] : [index]
  })
}

// RFC 7518 §3.3: no RSA key below 2048 bits.
const minRsaBits = 2048

function isUsable(certificate: X509Certificate | undefined): boolean {
  if (!certificate) return false
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey
  return type === 'rsa'
    ? (details?.modulusLength ?? 0) >= minRsaBits
    : type === 'ec' || type === 'ed25519'
}

function readCertificate(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    // Neither DER nor PEM.
    return undefined
  }
}

// Every application has this one scope for people, and nobody needs another.
const delegatedScope = {
  id: '2c3f9f7b-0a54-4a52-9c0a-5a1157010002',
  adminConsentDisplayName: 'Act for the person',
  adminConsentDescription: 'Lets a program call the application as the person who is signed in.',
  userConsentDisplayName: 'Act for you',
  userConsentDescription: 'Lets a program call the application as you.',
  isEnabled: true,
  type: 'User',
  value: 'user_impersonation',
}

/** What is shown of the registration; a secret only ever as its hint. */
export function toGraphRegistration(registration: Registration) {
  const { publicRedirectUris, requiredResources, credentials } = registration
  return {
    api: { oauth2PermissionScopes: [delegatedScope] },
    publicClient: { redirectUris: [...publicRedirectUris] },
    requiredResourceAccess: requiredResources.map(({ resourceAppId, access }) => ({
      resourceAppId,
      resourceAccess: [...access],
    })),
    ...toGraphCredentials(credentials),
  }
}

export function toGraphCredentials(credentials: readonly ClientCredential[]) {
  return {
    keyCredentials: credentials.flatMap((each) => (each.kind === 'key' ? [toGraphKey(each)] : [])),
    passwordCredentials: credentials.flatMap((each) =>
      each.kind === 'secret' ? [toGraphSecret(each, null)] : [],
    ),
  }
}

function toGraphKey(key: ClientKey) {
  return {
    ...datesOf(key),
    customKeyIdentifier: key.thumbprint,
    key: null,
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
  }
}

/** One passwordCredential; `secretText` is there once, in the answer that makes it. */
export function toGraphSecret(
  secret: Extract<ClientCredential, { kind: 'secret' }>,
  secretText: string | null,
) {
  return { ...datesOf(secret), customKeyIdentifier: null, hint: secret.hint, secretText }
}

function datesOf({ keyId, displayName, startAt, endAt }: ClientCredential) {
  return {
    keyId,
    displayName: displayName ?? null,
    startDateTime: new Date(startAt).toISOString(),
    endDateTime: new Date(endAt).toISOString(),
  }
}

/** An application's own role in Graph's shape. */
export function toGraphRole(role: AppRole) {
  return {
    id: role.id,
    displayName: role.displayName,
    description: role.description,
    value: role.value,
    origin: 'Application',
    isEnabled: role.enabled,
    allowedMemberTypes: [...role.allowedMembers],
  }
}

/** What `POST /applications/{id}/addPassword` takes. */
export const addPasswordBody = z.strictObject({
  passwordCredential: z
    .strictObject({
      displayName: z.string().max(256).nullish(),
      startDateTime: z.iso.datetime({ offset: true }).nullish(),
      endDateTime: z.iso.datetime({ offset: true }).nullish(),
    })
    .nullish(),
})

/** What `POST /applications/{id}/removePassword` takes. */
export const removePasswordBody = z.strictObject({ keyId: guid })
