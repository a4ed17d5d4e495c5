import type { KeyObject } from 'node:crypto'
import { exportJWK, FlattenedSign, type JWK } from 'jose'
import { Agent, request } from 'undici'

/** What the authority has against it (RFC 8555 §6.7, RFC 9457), or that it cannot be reached. */
export class AcmeProblem extends Error {
  /** Without `urn:ietf:params:acme:error:`; `unreachable` and `unreadable` are ours. */
  readonly type: string
  /** Epoch milliseconds before which it wants to hear nothing more. */
  readonly retryAt: number | undefined

  constructor(type: string, message: string, retryAt?: number, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AcmeProblem'
    this.type = type
    this.retryAt = retryAt
  }
}

export interface AcmeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

/** Who signs: by the account's address, or by its key before there is one. */
export interface AcmeSigner {
  readonly key: KeyObject
  readonly accountUrl: string | undefined
}

const problemPrefix = 'urn:ietf:params:acme:error:'
// Chains have some 6 kB, directories one.
const answerMaxBytes = 256 * 1024
const answerTimeoutMs = 30_000
// A nonce may have grown old; Pebble refuses one good one in twenty to see what happens (RFC 8555 §6.5).
const nonceAttempts = 5
// More than one is left over only when answers overtake each other.
const noncesMax = 8

/** Signed requests to an ACME server (RFC 8555 §6). Everything throws AcmeProblem. */
export class AcmeTransport implements AsyncDisposable {
  readonly #agent: Agent
  readonly #signal: AbortSignal
  #nonces: string[] = []
  #nonceUrl = ''

  /** `caPem`: the authority behind the server's own certificate, if it is a private one. */
  constructor(caPem: string | undefined, signal: AbortSignal) {
    this.#signal = signal
    this.#agent = new Agent({
      maxResponseSize: answerMaxBytes,
      headersTimeout: answerTimeoutMs,
      bodyTimeout: answerTimeoutMs,
      connect: { timeout: answerTimeoutMs, ...(caPem !== undefined && { ca: caPem }) },
    })
  }

  /** Where fresh nonces are (RFC 8555 §7.2). */
  set nonceUrl(url: string) {
    this.#nonceUrl = url
  }

  async get(url: string): Promise<AcmeAnswer> {
    return this.#accept(await this.#send('GET', url, undefined))
  }

  /** `payload` undefined asks for the resource (POST-as-GET, RFC 8555 §6.3). */
  async post(url: string, payload: object | undefined, signer: AcmeSigner): Promise<AcmeAnswer> {
    for (let attempt = 1; ; attempt++) {
      const body = await this.#sign(url, payload, signer)
      const answer = await this.#send('POST', url, body)
      const problem = problemOf(answer)
      if (problem?.type !== 'badNonce' || attempt === nonceAttempts) return this.#accept(answer)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }

  async #sign(url: string, payload: object | undefined, signer: AcmeSigner): Promise<string> {
    const { key, accountUrl } = signer
    const who = accountUrl === undefined ? { jwk: await publicJwk(key) } : { kid: accountUrl }
    const bytes = payload === undefined ? '' : JSON.stringify(payload)
    const signed = await new FlattenedSign(Buffer.from(bytes))
      .setProtectedHeader({ alg: 'ES256', nonce: await this.#takeNonce(), url, ...who })
      .sign(key)
    return JSON.stringify(signed)
  }

  async #takeNonce(): Promise<string> {
    if (this.#nonces.length === 0) await this.#send('HEAD', this.#nonceUrl, undefined)
    const nonce = this.#nonces.pop()
    if (nonce === undefined) throw new AcmeProblem('unreadable', 'the server gives no nonces')
    return nonce
  }

  async #send(
    method: 'GET' | 'HEAD' | 'POST',
    url: string,
    body: string | undefined,
  ): Promise<AcmeAnswer> {
    if (!url.startsWith('https://')) {
      throw new AcmeProblem('unreadable', `${JSON.stringify(url)} is no https address`)
    }
    try {
      const {
        statusCode,
        headers,
        body: stream,
      } = await request(url, {
        method,
        dispatcher: this.#agent,
        signal: this.#signal,
        headers: {
          'user-agent': 'Sallyport',
          ...(body !== undefined && { 'content-type': 'application/jose+json' }),
        },
        ...(body !== undefined && { body }),
      })
      const answer = { status: statusCode, headers: single(headers), text: await stream.text() }
      const nonce = answer.headers['replay-nonce']
      if (nonce !== undefined && this.#nonces.length < noncesMax) this.#nonces.push(nonce)
      return answer
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new AcmeProblem('unreachable', `${url} gives no answer: ${why}`, undefined, { cause })
    }
  }

  #accept(answer: AcmeAnswer): AcmeAnswer {
    const problem = problemOf(answer)
    if (problem) throw problem
    return answer
  }
}

/** The public half, as it stands in requests and thumbprints. */
export async function publicJwk(key: KeyObject): Promise<JWK> {
  const { d: _, ...jwk } = await exportJWK(key)
  return jwk
}

/** Epoch milliseconds of a Retry-After field: seconds, or a date (RFC 9110 §10.2.3). */
export function retryAtOf({ headers }: Pick<AcmeAnswer, 'headers'>): number | undefined {
  const written = headers['retry-after']
  if (written === undefined) return undefined
  const at = /^\d{1,9}$/.test(written) ? Date.now() + Number(written) * 1000 : Date.parse(written)
  return Number.isNaN(at) ? undefined : at
}

/** JSON of an answer; anything else throws AcmeProblem. */
export function jsonOf({ text }: Pick<AcmeAnswer, 'text'>): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Said below: no JSON, or JSON that is no object.
  }
  throw new AcmeProblem('unreadable', 'the server answers something else than JSON')
}

function problemOf(answer: AcmeAnswer): AcmeProblem | undefined {
  if (answer.status < 400) return undefined
  const document = answer.headers['content-type']?.startsWith('application/problem+json')
    ? jsonOf(answer)
    : {}
  return toProblem(document, retryAtOf(answer), `the server answers ${answer.status}`)
}

/** A problem document, which stands in orders and challenges as well. */
export function toProblem(
  document: Record<string, unknown>,
  retryAt: number | undefined,
  otherwise: string,
): AcmeProblem {
  const { type, detail } = document
  const name = typeof type === 'string' ? type.replace(problemPrefix, '') : 'unreadable'
  return new AcmeProblem(name, typeof detail === 'string' ? detail : otherwise, retryAt)
}

function single(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )
}
