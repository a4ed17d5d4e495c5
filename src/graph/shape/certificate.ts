import { z } from 'zod'
import type { Issue, Parsed } from '../../base/check.ts'
import { failed } from '../../base/check.ts'
import {
  type CertificateFacts,
  coversHost,
  type ServerCertificate,
} from '../../certificates/certificate.ts'
import { type CertificateTable, chooseCertificate } from '../../certificates/choice.ts'
import { readPem } from '../../certificates/pem.ts'
import { openPfx } from '../../certificates/pfx.ts'
import type { AcmeHost, StoredCertificate } from '../../certificates/stored.ts'
import { readPfxContents, validateCertificate } from '../../certificates/validate.ts'
import type { Publishing } from '../../publishing/application.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import * as resource from '../resource/publishing.ts'
import { issueAt, parseBody, readOnly } from './body.ts'

/** `verifiedCustomDomainCertificatesMetadata` of Graph. */
export function toGraphMetadata(certificate: CertificateFacts) {
  return {
    thumbprint: certificate.thumbprint,
    subjectName: certificate.subjectName,
    issuerName: certificate.issuerName,
    issueDate: new Date(certificate.notBefore).toISOString(),
    expiryDate: new Date(certificate.notAfter).toISOString(),
  }
}

/** The certificate that the application's own host is shown; undefined where the local authority stands in. */
export function certificateFor(
  publishing: Publishing,
  table: CertificateTable,
  now: number,
): StoredCertificate | undefined {
  const [host] = hostsOf(publishing)
  return host === undefined ? undefined : chooseCertificate(table, host, now)
}

/** External hosts, the application's own first; a star stands for itself. */
function hostsOf({ externalUrl, segments }: Publishing): readonly string[] {
  const urls = externalUrl ? [externalUrl] : segments.map((segment) => segment.externalUrl)
  return urls.flatMap((url) => URL.parse(url)?.hostname ?? [])
}

/** What came as a certificate with an application, if anything did. */
export interface Upload {
  readonly certificate: ServerCertificate | undefined
  readonly issues: readonly Issue[]
  /** Where the caller wrote it. */
  readonly path: string
}

const keyName = 'verifiedCustomDomainKeyCredential'
const passwordName = 'verifiedCustomDomainPasswordCredential'

// The original's schema says `key` and `secretText`, its samples and its service `value`.
const keyCredential = z
  .strictObject({
    type: z
      .string()
      .regex(/^x509certandpassword$/i, 'must be X509CertAndPassword')
      .nullish(),
    value: z.string().nullish(),
    key: z.string().nullish(),
    ...{ customKeyIdentifier: readOnly, displayName: readOnly, endDateTime: readOnly },
    ...{ keyId: readOnly, startDateTime: readOnly, usage: readOnly },
  })
  .nullish()
const passwordCredential = z
  .strictObject({
    value: z.string().nullish(),
    secretText: z.string().nullish(),
    ...{ customKeyIdentifier: readOnly, displayName: readOnly, endDateTime: readOnly },
    ...{ hint: readOnly, keyId: readOnly, startDateTime: readOnly },
  })
  .nullish()

/** Reads the certificate out of `onPremisesPublishing`, whose path in the body is `prefix`. [P11] [G1] */
export async function readUpload(body: unknown, prefix: string, now: number): Promise<Upload> {
  const { [keyName]: key, [passwordName]: password } = (body ?? {}) as Record<string, unknown>
  const path = (name: string) => (prefix === '' ? name : `${prefix}/${name}`)
  const read = (
    schema: typeof keyCredential | typeof passwordCredential,
    value: unknown,
    name: string,
  ) => {
    const parsed = parseBody<Record<string, unknown> | null | undefined>(schema, value)
    if (!failed(parsed)) return { sent: parsed.value, issues: [] }
    const at = (issue: Issue) => [path(name), issue.path].filter((part) => part !== '').join('/')
    return { sent: undefined, issues: parsed.issues.map((each) => ({ ...each, path: at(each) })) }
  }
  const keyRead = read(keyCredential, key, keyName)
  const passwordRead = read(passwordCredential, password, passwordName)
  const issues = [...keyRead.issues, ...passwordRead.issues]
  const property = keyRead.sent?.['value'] ? 'value' : 'key'
  const pfx = keyRead.sent?.[property]
  const secret = passwordRead.sent?.['value'] ?? passwordRead.sent?.['secretText'] ?? ''
  const none = { certificate: undefined, path: path(keyName) }
  if (issues.length > 0) return { ...none, issues }
  if (!pfx) {
    const message = `needs a ${keyName} with it`
    return {
      ...none,
      issues: secret ? [issueAt(path(passwordName), 'no-certificate', message)] : [],
    }
  }
  const at = `${path(keyName)}/${property}`
  const where = { pfx: at, password: `${path(passwordName)}/value` }
  const parsed = await readPfx(String(pfx), String(secret), where, now)
  if (failed(parsed)) return { ...none, issues: parsed.issues }
  return { certificate: parsed.value, issues: [], path: at }
}

/** A certificate sent with an application must be one for its own host, or for one of its segments. */
export function coverageIssues({ certificate, path }: Upload, publishing: Publishing): Issue[] {
  if (!certificate) return []
  const hosts = hostsOf(publishing)
  if (hosts.some((host) => coversHost(certificate.names, host))) return []
  const message = `is for ${certificate.names.join(', ')}, not for ${hosts.join(', ')}`
  return [issueAt(path, 'not-covered', message)]
}

/** Files of several certificates and a key are 4 to 12 kB. */
const pfxMaxLength = 256 * 1024

async function readPfx(
  base64: string,
  password: string,
  where: { readonly pfx: string; readonly password: string },
  now: number,
): Promise<Parsed<ServerCertificate>> {
  const text = base64.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length > pfxMaxLength) {
    const message = `must be a PFX file in base64, ${pfxMaxLength / 1024} kB at most`
    return { issues: [issueAt(where.pfx, 'pfx-malformed', message)] }
  }
  const contents = await openPfx(Buffer.from(text, 'base64'), password, where)
  if (failed(contents)) return contents
  const material = readPfxContents(contents.value, where.pfx)
  if (failed(material)) return material
  return validateCertificate(material.value, { certificate: where.pfx, key: where.pfx }, now)
}

/** The forms of a certificate: PEM, or PFX with its password. */
export const certificateBody = z.strictObject({
  certificateChain: z.string().optional(),
  privateKey: z.string().optional(),
  pfx: z.string().optional(),
  password: z.string().optional(),
})

/** What `POST …/certificates` takes: PEM, or a PFX file in base64. */
export async function readCertificate(
  body: unknown,
  now: number,
): Promise<Parsed<ServerCertificate>> {
  const read = parseBody(certificateBody, body)
  if (failed(read)) return read
  const { certificateChain, privateKey, pfx, password = '' } = read.value
  if (pfx !== undefined && certificateChain === undefined && privateKey === undefined) {
    return readPfx(pfx, password, { pfx: 'pfx', password: 'password' }, now)
  }
  const places = { certificate: 'certificateChain', key: 'privateKey' }
  if (pfx !== undefined || password !== '') {
    const message = 'goes without certificateChain and privateKey; send PEM or PFX, not both'
    return { issues: [issueAt(pfx === undefined ? 'password' : 'pfx', 'conflict', message)] }
  }
  const material = readPem(certificateChain ?? '', privateKey ?? '', places)
  return failed(material) ? material : validateCertificate(material.value, places, now)
}

const profile = "onPremisesPublishingProfiles('applicationProxy')"

export const certificateCollection: Collection<StoredCertificate> = {
  context: `${profile}/certificates`,
  properties: propertiesOf(resource.certificate),
  fields: {
    id: (certificate) => certificate.thumbprint,
    thumbprint: (certificate) => certificate.thumbprint,
    subjectName: (certificate) => certificate.subjectName,
    source: (certificate) => certificate.source,
  },
  write: (certificate) => ({
    id: certificate.thumbprint,
    ...toGraphMetadata(certificate),
    dnsNames: certificate.names,
    source: certificate.source,
    createdDateTime: new Date(certificate.createdAt).toISOString(),
  }),
}

/** Hosts that a certificate is ordered for, and how that goes. */
export const acmeHostCollection: Collection<AcmeHost> = {
  context: `${profile}/acmeHosts`,
  properties: propertiesOf(resource.acmeHost),
  fields: { id: ({ host }) => host },
  write: ({ host, failures, nextAttemptAt, lastError }) => ({
    id: host,
    failureCount: failures,
    nextAttemptDateTime: new Date(nextAttemptAt).toISOString(),
    lastError: lastError ?? null,
  }),
}
