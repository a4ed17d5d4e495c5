import { hkdfSync } from 'node:crypto'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ServerCertificate } from '../certificates/certificate.ts'
import { ChallengePort } from '../certificates/challenge-port.ts'
import {
  type CertificateTable,
  chooseCertificate,
  compileCertificates,
} from '../certificates/choice.ts'
import { ExpiryWarnings } from '../certificates/expiry.ts'
import { SecureContexts } from '../certificates/secure-contexts.ts'
import type { StoredCertificate } from '../certificates/stored.ts'
import type { DirectoryState } from '../directory/directory.ts'
import type { LocalCa } from '../edge/local-ca.ts'
import type { CertificateOf } from '../edge/misdirected.ts'
import { Seal } from '../identity/seal.ts'
import { certificateName, type RouteTable, securedHosts } from '../publishing/route-table.ts'
import type { OwnOrigins } from './origins.ts'
import type { WorkerChannel } from './worker-channel.ts'

/** Private keys, sealed for the database; what was sealed for one use opens in no other. */
export interface KeyVault {
  seal(use: string, pem: string): string
  /** PEM; undefined when it was sealed by another `keys.json`. */
  open(use: string, sealed: string): string | undefined
}

/** A vault whose key comes from the seal of `keys.json`, and is none of those that seal what leaves the edge. */
export function openVault(seal: Uint8Array): KeyVault {
  const key = new Uint8Array(hkdfSync('sha256', seal, '', 'sallyport certificate keys', 32))
  const vault = new Seal([key], systemClock)
  return {
    // Certificates end by themselves; their keys are good for as long as they are kept.
    seal: (use, pem) => vault.seal(use, { pem }, Number.MAX_SAFE_INTEGER / 2),
    open(use, sealed) {
      const opened = vault.open<{ readonly pem: string }>(use, sealed)
      return opened.kind === 'forged' ? undefined : opened.value.pem
    },
  }
}

/** The key of a certificate as the directory keeps it. */
export function sealKey(vault: KeyVault, { thumbprint, key }: ServerCertificate): string {
  return vault.seal(`certificate ${thumbprint}`, key)
}

function openKey(vault: KeyVault, { thumbprint, sealedKey }: StoredCertificate) {
  return vault.open(`certificate ${thumbprint}`, sealedKey)
}

const warnIntervalMs = 3_600_000
// A hundred thousand hosts are not gone through at each of many changes.
const warnSoonMs = 1_000

export interface CertificateParts {
  readonly ca: LocalCa
  readonly vault: KeyVault
  readonly origins: OwnOrigins
  /** To the edge's other processes, if there are any. */
  readonly channel: WorkerChannel | undefined
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
  readonly #challenges: ChallengePort
  readonly #warnings: ExpiryWarnings
  readonly #timer: NodeJS.Timeout
  #warnSoon: NodeJS.Timeout | undefined
  #onApplied: () => void = () => {}

  constructor(parts: CertificateParts) {
    const { origins, vault, channel, log } = parts
    this.#parts = parts
    this.#contexts = new SecureContexts((certificate) => openKey(vault, certificate), log)
    this.#challenges = new ChallengePort(log)
    this.#warnings = new ExpiryWarnings(log, () => channel?.isFirst !== false)
    this.#timer = setInterval(() => this.#warn(), warnIntervalMs).unref()
    this.#ownNames = new Set(Object.values(origins).map(hostOf))
    // Connectors trust the local authority only, and no other one issues for `localhost`.
    this.#pinnedNames = new Set([hostOf(origins.connectors), hostOf(origins.local)])
  }

  /** Key and certificate for clients that send no server name. */
  get neutral(): Promise<{ readonly key: string; readonly cert: string }> {
    return this.#parts.ca.issue([...this.#ownNames, '127.0.0.1'])
  }

  /** Takes what the directory says now, in one go. */
  apply({ certificates, challenges }: DirectoryState, routes: RouteTable): void {
    const now = systemClock()
    this.#routes = routes
    this.#challenges.apply(challenges.filter(({ expiresAt }) => expiresAt > now))
    this.#table = compileCertificates(certificates)
    this.#contexts.keepOnly(certificates)
    this.#warnSoon ??= setTimeout(() => this.#warn(), warnSoonMs).unref()
    this.#onApplied()
  }

  /** Called after each `apply`; there is one listener. */
  set onApplied(listener: () => void) {
    this.#onApplied = listener
  }

  /** Hosts that browsers reach, and what each is shown; undefined: the local authority's certificate. */
  shown(): ReadonlyMap<string, StoredCertificate | undefined> {
    const published = this.#routes ? securedHosts(this.#routes) : []
    const hosts = [...this.#ownNames, ...published].filter((host) => !this.#pinnedNames.has(host))
    return new Map(hosts.map((host) => [host, this.#storedFor(host)]))
  }

  /** The listener's hook: while a certificate is ordered, its authority asks on the same port (RFC 8737). */
  readonly admit = (socket: Socket, goOn: () => void): void => {
    this.#challenges.admit(socket, goOn)
  }

  /** The same over plain http, where a port is open (RFC 8555 §8.3). */
  readonly acmeChallenge = (token: string): string | undefined =>
    this.#challenges.keyAuthorization(token)

  #warn(): void {
    this.#warnSoon = undefined
    if (this.#table.size > 0) this.#warnings.check(this.shown(), systemClock())
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

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    clearTimeout(this.#warnSoon)
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
