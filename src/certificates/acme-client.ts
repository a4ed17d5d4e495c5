import { createSecretKey, type KeyObject } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { calculateJwkThumbprint, FlattenedSign } from 'jose'
import { z } from 'zod'
import {
  type AcmeAnswer,
  AcmeProblem,
  AcmeTransport,
  jsonOf,
  publicJwk,
  retryAtOf,
  toProblem,
} from './acme-transport.ts'
import type { RenewalWindow } from './renewal-advice.ts'
import { renewalId } from './renewal-id.ts'

/** Proof to the authority that an account of its own web site is meant (RFC 8555 §7.3.4). */
export interface ExternalAccount {
  readonly keyId: string
  /** HMAC key, base64url. */
  readonly key: string
}

export interface AcmeServer {
  readonly directoryUrl: string
  /** PEM; undefined: the authorities that Node trusts. */
  readonly caPem: string | undefined
  /** Where the authority writes to before something expires. */
  readonly contact: string | undefined
  readonly externalAccount: ExternalAccount | undefined
}

export type ChallengeType = 'tls-alpn-01' | 'http-01'

/** What has to be found on the host. */
export interface Proof {
  readonly type: ChallengeType
  readonly token: string
  readonly keyAuthorization: string
}

export interface OrderWish {
  readonly host: string
  /** PKCS #10, DER. */
  readonly request: Uint8Array
  /** The one that is liked best first. */
  readonly challenges: readonly ChallengeType[]
  /** The chain, in PEM, that the new one takes the place of. */
  readonly replaces?: string | undefined
  /** Resolves when the proof can be found from outside. */
  readonly prove: (proof: Proof) => Promise<void>
}

// Validation takes seconds, a queue at the authority minutes.
const pollMaxMs = 3 * 60_000
// Doubled each time; a Retry-After of the server's is kept to.
const pollIntervalMs = 250
const pollIntervalMaxMs = 30_000
// One authorization for each name; there is one name.
const authorizationsMax = 4

// RFC 9773 §5: it is replaced already, or the server knows nothing of it.
const mindsReplacing: ReadonlySet<string> = new Set(['alreadyReplaced', 'malformed', 'conflict'])

const url = z.string().startsWith('https://')
const directoryShape = z.object({
  newNonce: url,
  newAccount: url,
  newOrder: url,
  // RFC 9773 §4.1.
  renewalInfo: url.optional(),
})
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
const renewalShape = z.object({ suggestedWindow: z.object({ start: time, end: time }) })
const orderShape = z.object({
  status: z.string(),
  authorizations: z.array(url).max(authorizationsMax),
  finalize: url,
  certificate: url.optional(),
  error: z.record(z.string(), z.unknown()).optional(),
})
const authorizationShape = z.object({
  status: z.string(),
  challenges: z.array(
    z.object({
      type: z.string(),
      url,
      // RFC 8555 §8.1: base64url, so that it can stand in a path.
      token: z
        .string()
        .regex(/^[\w-]{1,256}$/)
        .optional(),
      error: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
})

/** One account at one ACME server (RFC 8555). Everything throws AcmeProblem. */
export class AcmeClient implements AsyncDisposable {
  readonly #server: AcmeServer
  readonly #key: KeyObject
  readonly #signal: AbortSignal
  readonly #transport: AcmeTransport
  #directory: z.infer<typeof directoryShape> | undefined
  #accountUrl: string | undefined

  /** `key`: the account's, P-256. `accountUrl`: where it is, if it has been there before. */
  constructor(
    server: AcmeServer,
    key: KeyObject,
    accountUrl: string | undefined,
    signal: AbortSignal,
  ) {
    this.#server = server
    this.#key = key
    this.#accountUrl = accountUrl
    this.#signal = signal
    this.#transport = new AcmeTransport(server.caPem, signal)
  }

  get accountUrl(): string | undefined {
    return this.#accountUrl
  }

  /** PKCS #8 PEM. Secret. */
  get accountKey(): string {
    return this.#key.export({ type: 'pkcs8', format: 'pem' }) as string
  }

  /** Registers the account, or finds the one that this key has, and agrees to the terms. Resolves to its address. */
  async register(): Promise<string> {
    const { newAccount } = await this.#readDirectory()
    const { contact, externalAccount } = this.#server
    const payload = {
      termsOfServiceAgreed: true,
      ...(contact !== undefined && { contact: [`mailto:${contact}`] }),
      ...(externalAccount && {
        externalAccountBinding: await this.#bind(externalAccount, newAccount),
      }),
    }
    const signer = { key: this.#key, accountUrl: undefined }
    const answer = await this.#transport.post(newAccount, payload, signer)
    const { location } = answer.headers
    if (location === undefined) throw new AcmeProblem('unreadable', 'the account has no address')
    this.#accountUrl = location
    return location
  }

  /** Orders a certificate for one host, proves that it is ours, and resolves to the chain in PEM. */
  async obtain(wish: OrderWish): Promise<string> {
    const created = await this.#order(wish)
    const { location } = created.headers
    if (location === undefined) throw new AcmeProblem('unreadable', 'the order has no address')
    const order = read(orderShape, created)
    for (const address of order.authorizations) await this.#authorize(address, wish)
    const ready = await this.#untilDone(location, orderShape, (status) => status === 'pending')
    if (ready.status !== 'ready') throw orderProblem(ready)
    const csr = Buffer.from(wish.request).toString('base64url')
    await this.#post(order.finalize, { csr })
    const done = await this.#untilDone(location, orderShape, (status) => status === 'processing')
    if (done.status !== 'valid' || done.certificate === undefined) throw orderProblem(done)
    return (await this.#post(done.certificate, undefined)).text
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]()
  }

  /** When the server would like this chain (PEM) to be renewed; undefined: it does not tell (RFC 9773 §4). */
  async renewalWindow(chain: string): Promise<RenewalWindow | undefined> {
    const { renewalInfo } = await this.#readDirectory()
    const id = renewalInfo && renewalId(chain)
    if (id === undefined) return undefined
    const answer = await this.#transport.get(`${renewalInfo}/${id}`)
    const { start, end } = read(renewalShape, answer).suggestedWindow
    if (end <= start) throw new AcmeProblem('unreadable', 'the window ends before it begins')
    return { start, end, retryAt: retryAtOf(answer) }
  }

  /** A renewal says what it takes the place of, which some servers do not count; one that minds is asked without. */
  async #order({ host, replaces }: OrderWish): Promise<AcmeAnswer> {
    const { newOrder, renewalInfo } = await this.#readDirectory()
    const payload = { identifiers: [{ type: 'dns', value: host }] }
    const id = renewalInfo && replaces && renewalId(replaces)
    if (!id) return this.#post(newOrder, payload)
    try {
      return await this.#post(newOrder, { ...payload, replaces: id })
    } catch (error) {
      const minds = error instanceof AcmeProblem && mindsReplacing.has(error.type)
      if (!minds) throw error
      return this.#post(newOrder, payload)
    }
  }

  async #authorize(address: string, wish: OrderWish): Promise<void> {
    const authorization = read(authorizationShape, await this.#post(address, undefined))
    if (authorization.status === 'valid') return
    const challenge = findChallenge(authorization, wish.challenges)
    const thumbprint = await calculateJwkThumbprint(await publicJwk(this.#key))
    const { type, token } = challenge
    await wish.prove({ type, token, keyAuthorization: `${token}.${thumbprint}` })
    await this.#post(challenge.url, {})
    const done = await this.#untilDone(
      address,
      authorizationShape,
      (status) => status === 'pending',
    )
    if (done.status === 'valid') return
    const error = done.challenges.find((each) => each.error)?.error ?? {}
    throw toProblem(error, undefined, `the authorization ended ${done.status}`)
  }

  async #untilDone<Resource extends { status: string }>(
    address: string,
    shape: z.ZodType<Resource>,
    isUnderWay: (status: string) => boolean,
  ): Promise<Resource> {
    const end = Date.now() + pollMaxMs
    for (let interval = pollIntervalMs; ; interval *= 2) {
      const answer = await this.#post(address, undefined)
      const resource = read(shape, answer)
      if (!isUnderWay(resource.status)) return resource
      const wish = (retryAtOf(answer) ?? 0) - Date.now()
      const wait = Math.min(Math.max(wish, interval), pollIntervalMaxMs)
      if (Date.now() + wait > end) {
        throw new AcmeProblem('timeout', `the authority did not come to an end in ${pollMaxMs} ms`)
      }
      await sleep(wait, undefined, { signal: this.#signal })
    }
  }

  /** Signed by the account; one that the server has forgotten is registered anew. */
  async #post(address: string, payload: object | undefined): Promise<AcmeAnswer> {
    const accountUrl = this.#accountUrl ?? (await this.register())
    try {
      return await this.#transport.post(address, payload, { key: this.#key, accountUrl })
    } catch (error) {
      if (!(error instanceof AcmeProblem && error.type === 'accountDoesNotExist')) throw error
      const again = await this.register()
      return this.#transport.post(address, payload, { key: this.#key, accountUrl: again })
    }
  }

  async #readDirectory() {
    if (!this.#directory) {
      this.#directory = read(directoryShape, await this.#transport.get(this.#server.directoryUrl))
      this.#transport.nonceUrl = this.#directory.newNonce
    }
    return this.#directory
  }

  async #bind({ keyId, key }: ExternalAccount, newAccount: string) {
    const jwk = JSON.stringify(await publicJwk(this.#key))
    return new FlattenedSign(Buffer.from(jwk))
      .setProtectedHeader({ alg: 'HS256', kid: keyId, url: newAccount })
      .sign(createSecretKey(Buffer.from(key, 'base64url')))
  }
}

function findChallenge(
  { challenges }: z.infer<typeof authorizationShape>,
  wanted: readonly ChallengeType[],
) {
  for (const type of wanted) {
    const found = challenges.find((each) => each.type === type)
    if (found?.token !== undefined) return { type, token: found.token, url: found.url }
  }
  throw new AcmeProblem('unsupported', `the server does not offer ${wanted.join(' or ')}`)
}

function orderProblem({ error, status }: z.infer<typeof orderShape>): AcmeProblem {
  return toProblem(error ?? {}, undefined, `the order ended ${status}`)
}

function read<Value>(shape: z.ZodType<Value>, answer: AcmeAnswer): Value {
  const parsed = shape.safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.join('/') ?? ''
  throw new AcmeProblem('unreadable', `the server's answer is not as it should be: ${where}`)
}
