import { failed } from '../base/check.ts'
import type { ServerCertificate } from '../certificates/certificate.ts'
import { compileCertificates } from '../certificates/choice.ts'
import type { NewCertificate } from '../certificates/stored.ts'
import { accept, type Call, key, noContent, type Reply, replyItem, replyPage } from './call.ts'
import { readJson } from './json.ts'
import { notFound } from './refusal.ts'
import type { KnownCertificates } from './shape/application.ts'
import {
  acmeHostCollection,
  certificateCollection,
  coverageIssues,
  readCertificate,
  type Upload,
} from './shape/certificate.ts'
import type { Edited } from './shape/edited.ts'

/** GET …/certificates */
export async function listCertificates(call: Call): Promise<Reply> {
  return replyPage(call, certificateCollection, await call.directory.certificates())
}

/** GET …/certificates/{thumbprint} */
export async function getCertificate(call: Call): Promise<Reply> {
  const all = await call.directory.certificates()
  const wanted = all.find(({ thumbprint }) => thumbprint === thumbprintOf(call))
  return replyItem(call, certificateCollection, wanted)
}

/** POST …/certificates: 201 with the certificate, never with its key; the same one again is no second one. [P11] */
export async function createCertificate(call: Call): Promise<Reply> {
  const certificate = accept(await readCertificate(await readJson(call.request), call.clock()))
  const stored = await call.directory.addCertificate(sealed(call, certificate), call.change)
  return replyItem(call, certificateCollection, stored, 201)
}

/** DELETE …/certificates/{thumbprint} */
export async function deleteCertificate(call: Call): Promise<Reply> {
  const thumbprint = thumbprintOf(call)
  if (await call.directory.deleteCertificate(thumbprint, call.change)) return noContent
  throw notFound(thumbprint)
}

/** GET …/acmeHosts */
export async function listAcmeHosts(call: Call): Promise<Reply> {
  return replyPage(call, acmeHostCollection, await call.directory.acme.hosts())
}

/** GET …/acmeHosts/{host} */
export async function getAcmeHost(call: Call): Promise<Reply> {
  const hosts = await call.directory.acme.hosts()
  return replyItem(
    call,
    acmeHostCollection,
    hosts.find(({ host }) => host === key(call, 'host')),
  )
}

function thumbprintOf(call: Call): string {
  return key(call, 'certificate').toUpperCase()
}

/** The certificate of an upload as the directory keeps it. */
export function newCertificate(call: Call, { certificate }: Upload): NewCertificate | undefined {
  return certificate && sealed(call, certificate)
}

function sealed(call: Call, certificate: ServerCertificate): NewCertificate {
  const { key: _, ...shown } = certificate
  return { ...shown, source: 'upload', sealedKey: call.sealKey(certificate) }
}

/** The edit of an application with what is to be said about the certificate that came with it. */
export function withUpload(edited: Edited, upload: Upload): Edited {
  const { application } = edited
  const publishing = failed(application) ? undefined : application.value.publishing
  const issues = [
    ...(failed(application) ? application.issues : []),
    ...upload.issues,
    ...(publishing ? coverageIssues(upload, publishing) : []),
  ]
  if (issues.length === 0) return edited
  const draft = failed(application) ? application.draft : application.value
  return { ...edited, application: { issues, ...(draft && { draft }) } }
}

/** All certificates, for what is said about each application. */
export async function knownCertificates(call: Call): Promise<KnownCertificates> {
  const { certificates } = await call.directory.state()
  return {
    table: compileCertificates(certificates),
    now: call.clock(),
    servedPorts: call.servedPorts,
  }
}
