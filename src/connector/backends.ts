import { X509Certificate } from 'node:crypto'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { Fault } from '../base/fault.ts'
import { originOf } from '../http/origin.ts'
import type { TunnelRequest } from '../tunnel/exchange.ts'
import type { AllowList } from './allow-list.ts'
import { Backend } from './backend.ts'

/** A wildcard application can name any number of hosts; beyond this many the one idle longest is closed. */
const defaultMaxBackends = 1_024

/** A backend without connections costs little, so it may wait for a person to come back from a short break. */
const idleBackendMs = 300_000

/** How often idle connections and backends are looked for; a connection that outlives its time is not used anyway. */
const sweepMs = 1_000

export interface BackendsOptions {
  /** Private authorities in PEM, besides those Node trusts. One that is no certificate makes `new` throw. [F6] */
  readonly ca?: readonly string[] | undefined
  readonly allow?: AllowList | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly maxBackends?: number | undefined
}

/** All backends, one for each origin, way to check certificates and protocol. */
export class Backends {
  readonly #backends = new Map<string, Backend>()
  readonly #options: BackendsOptions
  readonly #secureContext: SecureContext | undefined
  readonly #sweeper: NodeJS.Timeout

  constructor(options: BackendsOptions) {
    this.#options = options
    this.#secureContext = trusting(options.ca ?? [])
    this.#sweeper = setInterval(() => this.closeIdle(Date.now()), sweepMs)
    this.#sweeper.unref()
  }

  /** The backend that `request` is for, made when missing. Throws a Fault when its origin is none or all are in use. */
  obtain(request: Pick<TunnelRequest, 'origin' | 'verifyCertificate' | 'http2'>): Backend {
    const { origin, verifyCertificate, http2 = false } = request
    const key = verifyCertificate && !http2 ? origin : `${verifyCertificate} ${http2} ${origin}`
    const found = this.#backends.get(key)
    if (found) return found
    if (this.#backends.size >= (this.#options.maxBackends ?? defaultMaxBackends)) {
      this.#closeIdlest()
    }
    const made = this.#create(origin, verifyCertificate, http2)
    this.#backends.set(key, made)
    return made
  }

  get size(): number {
    return this.#backends.size
  }

  /** Closes connections that were idle for too long, and backends that were not used for five minutes. */
  closeIdle(nowMs: number): void {
    for (const [key, backend] of this.#backends) {
      if (backend.active === 0 && nowMs - backend.lastUsedMs >= idleBackendMs) {
        this.#backends.delete(key)
        backend.close()
      } else backend.closeIdle()
    }
  }

  /** Ends every exchange and connection, and tells the exchanges. */
  close(): void {
    clearInterval(this.#sweeper)
    for (const backend of this.#backends.values()) backend.close()
    this.#backends.clear()
  }

  #create(written: string, verifyCertificate: boolean, http2: boolean): Backend {
    const origin = originOf(written)
    if (!origin) throw new Fault('malformed-request', `"${written}" is no origin`)
    const { allow, connectTimeoutMs } = this.#options
    const secureContext = this.#secureContext
    const destination = { origin, verifyCertificate, secureContext, allow, connectTimeoutMs }
    return new Backend(destination, http2)
  }

  #closeIdlest(): void {
    let idlest: [string, Backend] | undefined
    for (const [key, backend] of this.#backends) {
      if (backend.active > 0) continue
      if (!idlest || backend.lastUsedMs < idlest[1].lastUsedMs) idlest = [key, backend]
    }
    if (!idlest) throw new Fault('overloaded', 'every backend is in use')
    this.#backends.delete(idlest[0])
    idlest[1].close()
  }
}

// Made once: parsing the public authorities takes milliseconds, and it would be done for each connection.
function trusting(ca: readonly string[]): SecureContext | undefined {
  if (ca.length === 0) return undefined
  // A secure context passes over what is no certificate, and the backends would be refused later.
  for (const pem of ca) assertCertificate(pem)
  return createSecureContext({ ca: [...getCACertificates('default'), ...ca] })
}

function assertCertificate(pem: string): void {
  try {
    new X509Certificate(pem)
  } catch (cause) {
    throw new Fault('invalid', 'a private authority is no PEM certificate', { cause })
  }
}
