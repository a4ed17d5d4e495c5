import { createECDH, createHash, createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'

/** One key that signs assertions, with its public half as it is published (RFC 7517). */
export interface AssertionKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicJwk: Readonly<Record<string, string>>
}

// A key signs for a week; it is published a week before its first signature and a week after its last one.
const periodMs = 7 * 86_400_000
const curve = 'prime256v1'
const scalarBytes = 32

/**
 * The keys of a time, derived from one secret, so that all processes and edges that share it sign and publish the same
 * ones with nothing to store or to agree on (docs/decisions/0024). P-256, for ES256.
 */
export class AssertionKeys {
  readonly #secret: Uint8Array
  readonly #clock: Clock
  readonly #known = new Map<number, AssertionKey>()

  /** `secret`: at least 32 random bytes, which also serve other purposes. */
  constructor(secret: Uint8Array, clock: Clock) {
    this.#secret = secret
    this.#clock = clock
  }

  /** The one that signs now. */
  get current(): AssertionKey {
    return this.#of(this.#period())
  }

  /** The JWK Set as of now (RFC 7517 §5): the last key, the current one and the next one. */
  published(): { readonly keys: readonly AssertionKey['publicJwk'][] } {
    const now = this.#period()
    for (const period of this.#known.keys()) if (period < now - 1) this.#known.delete(period)
    return { keys: [now - 1, now, now + 1].map((period) => this.#of(period).publicJwk) }
  }

  #period(): number {
    return Math.floor(this.#clock() / periodMs)
  }

  #of(period: number): AssertionKey {
    const known = this.#known.get(period)
    if (known) return known
    const key = deriveKey(this.#secret, period)
    this.#known.set(period, key)
    return key
  }
}

function deriveKey(secret: Uint8Array, period: number): AssertionKey {
  const ecdh = createECDH(curve)
  const scalar = deriveScalar(secret, period, ecdh)
  // RFC 7518 §6.2.1: the point is 0x04, x, y.
  const point = ecdh.getPublicKey()
  const base = {
    crv: 'P-256',
    kty: 'EC',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  // RFC 7638 §3: the members in this order.
  const kid = createHash('sha256').update(JSON.stringify(base)).digest('base64url')
  return {
    kid,
    privateKey: createPrivateKey({
      key: { ...base, d: scalar.toString('base64url') },
      format: 'jwk',
    }),
    publicJwk: { ...base, kid, use: 'sig', alg: 'ES256' },
  }
}

// A number that is none of the curve's comes once in 2^32 and is drawn again.
function deriveScalar(
  secret: Uint8Array,
  period: number,
  ecdh: ReturnType<typeof createECDH>,
): Buffer {
  for (let attempt = 0; ; attempt++) {
    const info = `sallyport assertion key ${period} ${attempt}`
    const scalar = Buffer.from(hkdfSync('sha256', secret, '', info, scalarBytes))
    try {
      ecdh.setPrivateKey(scalar)
      return scalar
    } catch {
      // Zero, or beyond the order of the group.
    }
  }
}
