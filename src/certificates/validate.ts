import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { Issue, Parsed } from '../base/check.ts'
import { factsOf, type ServerCertificate } from './certificate.ts'
import type { PfxContents } from './pfx.ts'

/** Certificates and keys as they came out of a file, before anybody has looked at them. */
export interface Material {
  /** Of the server and of its authorities, in any order. */
  readonly certificates: readonly X509Certificate[]
  readonly keys: readonly KeyObject[]
}

/** Where in the caller's document the two stand, for issues. */
export interface MaterialPlaces {
  readonly certificate: string
  readonly key: string
}

type Say = (path: string, code: string, message: string) => void

/** Longer chains are not seen; every handshake carries all of it. */
const chainMax = 10
/** What browsers ask for at least (CA/Browser Forum baseline requirements §6.1.5). */
const rsaLeastBits = 2048
/** A signature with more bits takes longer than a handshake may. */
const rsaMostBits = 8192
const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])
const serverAuthentication = '1.3.6.1.5.5.7.3.1'
const anyUsage = '2.5.29.37.0'

/**
 * A certificate that can be served, its chain put in order and the root left out, or everything that is wrong with it.
 * `now`: epoch milliseconds. A certificate that is not valid yet is taken: it waits. [P11]
 */
export function validateCertificate(
  { certificates, keys }: Material,
  places: MaterialPlaces,
  now: number,
): Parsed<ServerCertificate> {
  const issues: Issue[] = []
  const say: Say = (path, code, message) => issues.push({ path, code, message })
  const { leaf, key } = findPair(certificates, keys)
  if (!leaf) say(places.certificate, 'no-certificate', 'holds no certificate')
  if (keys.length === 0) say(places.key, 'no-key', 'holds no private key')
  if (leaf && keys.length > 0 && !key) {
    say(
      places.key,
      'key-mismatch',
      `does not belong to the certificate "${factsOf(leaf).subjectName}"`,
    )
  }
  if (!leaf) return { issues }
  checkLeaf(leaf, places.certificate, now, say)
  checkKey(leaf.publicKey, places.certificate, say)
  const chain = orderChain(leaf, certificates)
  checkChain(chain, certificates, places.certificate, now, say)
  if (issues.length > 0 || !key) return { issues }
  const value: ServerCertificate = {
    ...factsOf(leaf),
    chain: withoutRoot(chain)
      .map((each) => each.toString())
      .join(''),
    key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
  const unusable = tryToServe(value)
  if (unusable === undefined) return { value }
  say(places.certificate, 'unusable', `cannot be served: ${unusable}`)
  return { issues }
}

/** The certificate that one of the keys belongs to; without any, the first that is no authority. */
function findPair(
  certificates: readonly X509Certificate[],
  keys: readonly KeyObject[],
): { leaf: X509Certificate | undefined; key: KeyObject | undefined } {
  for (const leaf of certificates) {
    const key = keys.find((each) => leaf.checkPrivateKey(each))
    if (key) return { leaf, key }
  }
  return { leaf: certificates.find((each) => !each.ca) ?? certificates[0], key: undefined }
}

function checkLeaf(leaf: X509Certificate, path: string, now: number, say: Say): void {
  const { names, notAfter, notBefore, subjectName } = factsOf(leaf)
  if (names.length === 0) {
    say(
      path,
      'no-names',
      `"${subjectName}" has no DNS name among its alternative names; browsers look at nothing else`,
    )
  }
  if (notAfter <= now) say(path, 'expired', `expired at ${time(notAfter)}`)
  if (notAfter <= notBefore) say(path, 'dates', 'ends before it begins')
  if (isSelfSigned(leaf)) {
    say(
      path,
      'self-signed',
      'is signed by itself; without any certificate the built-in authority issues one',
    )
  }
  const usage = leaf.keyUsage as readonly string[] | undefined
  if (usage && !usage.includes(serverAuthentication) && !usage.includes(anyUsage)) {
    say(path, 'no-server-certificate', 'is not issued for servers (extended key usage)')
  }
}

function checkKey(key: KeyObject, path: string, say: Say): void {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  const type = key.asymmetricKeyType ?? 'unknown'
  if (type === 'rsa') {
    if (modulusLength < rsaLeastBits) {
      say(
        path,
        'weak-key',
        `has an RSA key of ${modulusLength} bits; ${rsaLeastBits} are the least`,
      )
    } else if (modulusLength > rsaMostBits) {
      say(path, 'slow-key', `has an RSA key of ${modulusLength} bits; ${rsaMostBits} are the most`)
    }
  } else if (type !== 'ec' || !curves.has(namedCurve)) {
    const what = namedCurve || type
    say(
      path,
      'unsupported-key',
      `has a key (${what}) that browsers do not take: RSA, P-256, P-384 or P-521`,
    )
  }
}

/** From the server's certificate upwards, each certified by the next. */
function orderChain(
  leaf: X509Certificate,
  certificates: readonly X509Certificate[],
): readonly X509Certificate[] {
  const chain = [leaf]
  for (let at = leaf; chain.length < chainMax; ) {
    const issuer = certificates.find((each) => !chain.includes(each) && isIssuedBy(at, each))
    if (!issuer) break
    chain.push(issuer)
    at = issuer
  }
  return chain
}

function checkChain(
  chain: readonly X509Certificate[],
  certificates: readonly X509Certificate[],
  path: string,
  now: number,
  say: Say,
): void {
  const fingerprints = new Set(chain.map((each) => each.fingerprint256))
  for (const each of certificates) {
    if (fingerprints.has(each.fingerprint256)) continue
    const { subjectName } = factsOf(each)
    say(path, 'not-in-chain', `holds "${subjectName}", which certifies nothing here`)
  }
  for (const each of chain.slice(1)) {
    const { subjectName, notAfter } = factsOf(each)
    if (notAfter <= now) {
      say(path, 'chain-expired', `the authority "${subjectName}" expired at ${time(notAfter)}`)
    }
    if (!each.ca) say(path, 'no-authority', `"${subjectName}" signed it and is no authority`)
  }
}

// Clients have the roots that they trust; sending one is a kilobyte for nothing.
function withoutRoot(chain: readonly X509Certificate[]): readonly X509Certificate[] {
  const last = chain.at(-1)
  return last && chain.length > 1 && isSelfSigned(last) ? chain.slice(0, -1) : chain
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return isIssuedBy(certificate, certificate)
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
  } catch {
    return false // a key or signature that OpenSSL does not know proves nothing
  }
}

/** What OpenSSL has against it, e.g. a signature with SHA-1; undefined: nothing. */
function tryToServe({ chain, key }: ServerCertificate): string | undefined {
  try {
    createSecureContext({ cert: chain, key })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function time(at: number): string {
  return new Date(at).toISOString()
}

/** The contents of a PFX file, or what cannot be read of them. */
export function readPfxContents(
  { certificates, keys }: PfxContents,
  path: string,
): Parsed<Material> {
  const issues: Issue[] = []
  const read = <Value>(parse: () => Value, code: string, message: string): Value[] => {
    try {
      return [parse()]
    } catch {
      issues.push({ path, code, message })
      return []
    }
  }
  const value = {
    certificates: certificates.flatMap((der) =>
      read(() => new X509Certificate(der), 'certificate-malformed', 'holds a damaged certificate'),
    ),
    keys: keys.flatMap((der) =>
      read(
        () => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
        'key-malformed',
        'holds a damaged private key',
      ),
    ),
  }
  return issues.length > 0 ? { issues } : { value }
}
