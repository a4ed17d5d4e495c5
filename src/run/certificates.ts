import { hkdfSync } from 'node:crypto'
import type { SecureContext } from 'node:tls'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ServerCertificate } from '../certificates/certificate.ts'
import {
  type CertificateTable,
  chooseCertificate,
  compileCertificates,
} from '../certificates/choice.ts'
import { SecureContexts } from '../certificates/secure-contexts.ts'
import type { StoredCertificate } from '../certificates/stored.ts'
import type { DirectoryState } from '../directory/directory.ts'
import type { LocalCa } from '../edge/local-ca.ts'
import type { CertificateOf } from '../edge/misdirected.ts'
import { Seal } from '../identity/seal.ts'
import { certificateName, type RouteTable } from '../publishing/route-table.ts'
import type { OwnOrigins } from './origins.ts'

/** Keys of certificates, sealed for the database. */
export interface KeyVault {
  seal(certificate: ServerCertificate): string
  /** PEM; undefined when it was sealed by another `keys.json`. */
  open(certificate: StoredCertificate): string | undefined
}

/** A vault whose key comes from the seal of `keys.json`, and is none of those that seal what leaves the edge. */
export function openVault(seal: Uint8Array): KeyVault {
  const key = new Uint8Array(hkdfSync('sha256', seal, '', 'sallyport certificate keys', 32))
  const vault = new Seal([key], systemClock)
  const purpose = (thumbprint: string) => `private key of ${thumbprint}`
  return {
    // Certificates end, their keys are kept as long as they are.
    seal: ({ thumbprint, key: pem }) =>
      vault.seal(purpose(thumbprint), { pem }, Number.MAX_SAFE_INTEGER / 2),
    open({ thumbprint, sealedKey }) {
      const opened = vault.open<{ readonly pem: string }>(purpose(thumbprint), sealedKey)
      return opened.kind === 'forged' ? undefined : opened.value.pem
    },
  }
}

export interface CertificateParts {
  readonly ca: LocalCa
  readonly vault: KeyVault
  readonly origins: OwnOrigins
  readonly log: Log
}

/** Which certificate each host is shown; exchanged with the directory's state, and never by a handshake. [P11] */
export class Certificates {
  readonly #parts: CertificateParts
  readonly #contexts: SecureContexts
  readonly #ownNames: ReadonlySet<string>
  readonly #pinnedNames: ReadonlySet<string>
  #table: CertificateTable = new Map()
  #routes: RouteTable | undefined

  constructor(parts: CertificateParts) {
    const { origins, vault, log } = parts
    this.#parts = parts
    this.#contexts = new SecureContexts((certificate) => vault.open(certificate), log)
    this.#ownNames = new Set(Object.values(origins).map(hostOf))
    // Connectors trust the local authority only, and no other one issues for `localhost`.
    this.#pinnedNames = new Set([hostOf(origins.connectors), hostOf(origins.local)])
  }

  /** Key and certificate for clients that send no server name. */
  get neutral(): Promise<{ readonly key: string; readonly cert: string }> {
    return this.#parts.ca.issue([...this.#ownNames, '127.0.0.1'])
  }

  /** Takes what the directory says now, in one go. */
  apply({ certificates }: DirectoryState, routes: RouteTable): void {
    this.#routes = routes
    this.#table = compileCertificates(certificates)
    this.#contexts.keepOnly(certificates)
  }

  /** Only names that lead somewhere get a certificate; anybody may ask for any. */
  readonly certificateOf: CertificateOf = (host) => {
    const local = this.#localName(host)
    if (local === undefined) return undefined
    const stored = this.#storedFor(host)
    return stored ? `certificate ${stored.thumbprint}` : local
  }

  /** What a handshake for `serverName`, in any spelling, goes on with; undefined refuses it. Never rejects for a name. */
  async contextFor(serverName: string): Promise<SecureContext | undefined> {
    const host = serverName.toLowerCase()
    const local = this.#localName(host)
    if (local === undefined) return undefined
    const stored = this.#storedFor(host)
    const context = stored && this.#contexts.contextOf(stored)
    return context ?? this.#parts.ca.contextFor(local)
  }

  #localName(host: string): string | undefined {
    if (this.#ownNames.has(host)) return host
    return this.#routes && certificateName(this.#routes, host)
  }

  #storedFor(host: string): StoredCertificate | undefined {
    if (this.#pinnedNames.has(host)) return undefined
    return chooseCertificate(this.#table, host, systemClock())
  }
}

function hostOf(origin: string): string {
  return new URL(origin).hostname
}
