import { createPrivateKey, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { failed } from '../base/check.ts'
import { Fault } from '../base/fault.ts'
import { readSecretFile } from '../base/secret-file.ts'
import { softwareVersion } from '../base/version.ts'
import { requestEnrolment } from '../tunnel/connector-end.ts'
import { type DialOptions, fetchAuthority } from '../tunnel/dial.ts'
import { decodeToken } from './token.ts'

/** Who a connector is. The private key is made here and never leaves this machine. [K1] */
export interface ConnectorIdentity {
  readonly connectorId: string
  /** Ed25519, PKCS #8 PEM. */
  readonly privateKey: string
  /** The authority that edges have to show a certificate of. */
  readonly caPem: string
  /** `host:port` of the edge it enrolled with. */
  readonly edge: string
}

export interface EnrolmentOptions extends Pick<DialOptions, 'wayOut' | 'signal'> {
  readonly machineName: string
  readonly version?: string
}

const fileName = 'connector.json'

const identityShape = z.object({
  connectorId: z.string().min(1).max(128),
  privateKey: z.string().refine(isPrivateKey),
  caPem: z.string().refine(isCertificate),
  edge: z.string().min(1),
})

/**
 * Trades a one-time token for an identity. The edge is asked for nothing and told nothing before it has shown a
 * certificate of the authority that the token pins, for the name that the token says. Throws `invalid` for a malformed
 * token, `foreign-edge`, `edge-unreachable`, and `EdgeRefusal` for a token that is unknown, used or expired.
 */
export async function enrol(text: string, options: EnrolmentOptions): Promise<ConnectorIdentity> {
  const token = decodeToken(text)
  if (failed(token)) {
    throw new Fault('invalid', token.issues.map((issue) => issue.message).join('; '))
  }
  const { edge, ca, secret } = token.value
  const dial = {
    edge,
    ...(options.wayOut && { wayOut: options.wayOut }),
    ...(options.signal && { signal: options.signal }),
  }
  const pinned = await fetchAuthority(dial, ca)
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { connectorId, caPem } = await requestEnrolment({
    ...dial,
    caPem: pinned,
    secret,
    privateKey,
    publicKey: publicKey.export({ format: 'jwk' }).x as string,
    machineName: options.machineName,
    version: options.version ?? softwareVersion,
  })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  return { connectorId, privateKey: pem, caPem: isCertificate(caPem) ? caPem : pinned, edge }
}

/**
 * The identity kept in the directory, or undefined; nobody else can read it from then on. Throws `invalid` when the file is
 * there but is none.
 */
export function loadIdentity(directory: string): Promise<ConnectorIdentity | undefined> {
  return readIdentity(directory, readSecretFile)
}

/** The same, for whoever only looks: the file stays as open as it is. */
export function lookAtIdentity(directory: string): Promise<ConnectorIdentity | undefined> {
  return readIdentity(directory, (path) => readFile(path, 'utf8'))
}

async function readIdentity(
  directory: string,
  read: (path: string) => Promise<string>,
): Promise<ConnectorIdentity | undefined> {
  const path = join(directory, fileName)
  let text: string
  try {
    text = await read(path)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return undefined
    throw new Fault('storage-failed', `${path} cannot be read`, { cause })
  }
  try {
    return identityShape.parse(JSON.parse(text))
  } catch (cause) {
    throw new Fault('invalid', `${path} is not a connector's identity`, { cause })
  }
}

/**
 * Keeps the identity, readable by the owner only, whole or not at all. Throws `already-exists` when there is one and
 * `overwrite` is not set, `storage-failed`.
 */
export async function saveIdentity(
  directory: string,
  identity: ConnectorIdentity,
  { overwrite = false }: { readonly overwrite?: boolean } = {},
): Promise<void> {
  const path = join(directory, fileName)
  const draft = join(directory, `${fileName}.${randomUUID()}`)
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeDraft(draft, `${JSON.stringify(identity, null, 2)}\n`)
    if (overwrite) await rename(draft, path)
    else await placeNew(draft, path)
    await syncDirectory(directory)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('storage-failed', `${path} cannot be written`, { cause })
  } finally {
    // What matters was said above; a draft that cannot be removed changes nothing.
    await rm(draft, { force: true }).catch(() => {})
  }
}

async function writeDraft(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
}

/** A link fails where a rename would replace. */
async function placeNew(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path)
  } catch (cause) {
    if (!isErrno(cause, 'EEXIST')) throw cause
    throw new Fault('already-exists', `${path} holds an identity already`, { cause })
  }
}

/** Makes the new name as durable as the file. */
async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open a directory, and does not need to.
  if (process.platform === 'win32') return
  await using handle = await open(directory, 'r')
  await handle.sync()
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519'
  } catch {
    // No PEM, or no key.
    return false
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca
  } catch {
    // No PEM, or no certificate.
    return false
  }
}

function isErrno(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && (thrown as NodeJS.ErrnoException).code === code
}
