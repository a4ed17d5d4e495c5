import { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { Pool } from 'undici'
import { Fault } from '../base/fault.ts'
import { originOf, serializeOrigin } from '../http/origin.ts'
import type { AllowList } from './allow-list.ts'
import { BackendClient } from './backend-client.ts'
import { openBackendSocket } from './backend-socket.ts'

/** Event streams and long polls hold a connection each, so this is far above what answers need. */
const maxConnections = 1_024

/** A wildcard application can name any number of hosts; beyond this many the one idle longest is closed. */
const defaultMaxPools = 1_024

/** Shorter than the 5 s after which Node, Apache and others close an idle connection without saying so. */
const idleConnectionMs = 4_000

/** Longest stay of an idle connection for a backend that announces more with `Keep-Alive: timeout=…`. */
const maxIdleConnectionMs = 60_000

/** A pool without connections costs little, so it may wait for a person to come back from a short break. */
const idlePoolMs = 300_000

/** Status line and fields together; what browsers and other proxies take, and more than any application needs. */
const maxHeadBytes = 65_536

export interface BackendPoolsOptions {
  /** Private authorities in PEM, besides those Node trusts. One that is no certificate makes `new` throw. [F6] */
  readonly ca?: readonly string[] | undefined
  readonly allow?: AllowList | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly maxPools?: number | undefined
}

const poolOptions = {
  connections: maxConnections,
  pipelining: 1,
  // HTTP/1.1 alone: what is sent and answered is then field for field what an application sees without Sallyport, and
  // upgrades need it anyway, so one pool does for both.
  allowH2: false,
  keepAliveTimeout: idleConnectionMs,
  keepAliveMaxTimeout: maxIdleConnectionMs,
  maxHeaderSize: maxHeadBytes,
  // Exchanges have timers of their own, which also cover the wait for a connection.
  headersTimeout: 0,
  bodyTimeout: 0,
} as const

/** One undici pool with what its exchanges need to know. */
export interface BackendPool {
  readonly pool: Pool
  /** Any constant: undici closes connections when this changes, and takes it from Host otherwise. */
  readonly servername: string
  /** Sockets that were upgraded: undici knows nothing of them any more. */
  readonly upgraded: Set<Socket>
  /** Exchanges in progress. */
  active: number
  lastUsedMs: number
}

/** The pools of all backends, one for each origin and way to check certificates. */
export class BackendPools {
  readonly #pools = new Map<string, BackendPool>()
  readonly #options: BackendPoolsOptions
  readonly #secureContext: SecureContext | undefined
  readonly #sweeper: NodeJS.Timeout

  constructor(options: BackendPoolsOptions) {
    this.#options = options
    this.#secureContext = trusting(options.ca ?? [])
    this.#sweeper = setInterval(() => this.closeIdle(Date.now()), idlePoolMs / 5)
    this.#sweeper.unref()
  }

  /** The pool for `origin`, made when missing. Throws a Fault when it is no origin or all pools are in use. */
  obtain(origin: string, verifyCertificate: boolean): BackendPool {
    const key = verifyCertificate ? origin : `unverified ${origin}`
    const found = this.#pools.get(key)
    if (found) return found
    if (this.#pools.size >= (this.#options.maxPools ?? defaultMaxPools)) this.#closeIdlest()
    const made = this.#create(origin, verifyCertificate)
    this.#pools.set(key, made)
    return made
  }

  get size(): number {
    return this.#pools.size
  }

  /** Closes the pools that were not used for five minutes. */
  closeIdle(nowMs: number): void {
    for (const [key, backend] of this.#pools) {
      if (backend.active === 0 && nowMs - backend.lastUsedMs >= idlePoolMs) this.#drop(key, backend)
    }
  }

  /** Ends every exchange and connection; undici tells the exchanges. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper)
    const all = [...this.#pools.values()]
    this.#pools.clear()
    for (const { upgraded } of all) for (const socket of upgraded) socket.destroy()
    await Promise.all(all.map(({ pool }) => pool.destroy()))
  }

  #create(written: string, verifyCertificate: boolean): BackendPool {
    const origin = originOf(written)
    if (!origin) throw new Fault('malformed-request', `"${written}" is no origin`)
    const { allow, connectTimeoutMs } = this.#options
    const secureContext = this.#secureContext
    const options = { verifyCertificate, secureContext, allow, connectTimeoutMs }
    const pool = new Pool(serializeOrigin(origin), {
      ...poolOptions,
      factory: (url, inherited) =>
        new BackendClient(url, inherited, (opened) => openBackendSocket(origin, options, opened)),
    })
    return { pool, servername: origin.host, upgraded: new Set(), active: 0, lastUsedMs: Date.now() }
  }

  #closeIdlest(): void {
    let idlest: [string, BackendPool] | undefined
    for (const [key, backend] of this.#pools) {
      if (backend.active > 0) continue
      if (!idlest || backend.lastUsedMs < idlest[1].lastUsedMs) idlest = [key, backend]
    }
    if (!idlest) throw new Fault('overloaded', 'every backend pool is in use')
    this.#drop(...idlest)
  }

  #drop(key: string, { pool }: BackendPool): void {
    this.#pools.delete(key)
    void pool.close()
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
