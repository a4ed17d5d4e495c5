import { createSecureContext, type SecureContext } from 'node:tls'
import type { Log } from '../base/log.ts'
import type { StoredCertificate } from './stored.ts'

// Some 50 kB each, if all of them are asked for.
const contextsMax = 1_000

/** Opens a sealed private key to PEM; undefined when the data folder's key is another one. */
export type OpenKey = (certificate: StoredCertificate) => string | undefined

/**
 * TLS contexts of certificates, each made at its first handshake and kept as long as its certificate is: making one
 * costs a millisecond, and a thousand certificates would be a second in which nobody is served.
 */
export class SecureContexts {
  readonly #openKey: OpenKey
  readonly #log: Log
  #contexts = new Map<string, SecureContext | undefined>()

  constructor(openKey: OpenKey, log: Log) {
    this.#openKey = openKey
    this.#log = log
  }

  /** Forgets the contexts of all other certificates. Handshakes under way keep theirs. */
  keepOnly(certificates: readonly StoredCertificate[]): void {
    const kept = certificates.map(({ thumbprint }) => thumbprint)
    this.#contexts = new Map(
      kept.flatMap((name) =>
        this.#contexts.has(name) ? [[name, this.#contexts.get(name)] as const] : [],
      ),
    )
  }

  /** Undefined for a certificate that cannot be served, which is logged once. Never throws: it runs in handshakes. */
  contextOf(certificate: StoredCertificate): SecureContext | undefined {
    const { thumbprint } = certificate
    if (!this.#contexts.has(thumbprint)) {
      if (this.#contexts.size >= contextsMax) this.#contexts.clear()
      this.#contexts.set(thumbprint, this.#create(certificate))
    }
    return this.#contexts.get(thumbprint)
  }

  #create(certificate: StoredCertificate): SecureContext | undefined {
    const { thumbprint, names, chain } = certificate
    try {
      const key = this.#openKey(certificate)
      if (key !== undefined) return createSecureContext({ cert: chain, key })
      this.#log.error(
        { thumbprint, names },
        'the key of a certificate was sealed with another keys.json; upload the certificate again',
      )
    } catch (error) {
      this.#log.error({ thumbprint, names, error }, 'a certificate cannot be served')
    }
    return undefined
  }
}
