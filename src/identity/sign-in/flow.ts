import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { cookieValues } from '../../http/cookie.ts'
import { fieldValues, type RawHeaders } from '../../http/headers.ts'
import type { Demand } from '../access-gate.ts'
import { edgeCookieName, writeFlowCookie } from '../session/edge-cookie.ts'

/** What travels through the provider as `state`, sealed. */
export interface FlowState {
  readonly id: string
  /** The host the person was on; the answer goes back there and nowhere else. */
  readonly origin: string
  readonly path: string
  /** Absent until the browser has told it. */
  readonly fragment?: string | undefined
  readonly applicationId: string
  /** Absent until one is chosen. The answer must come from this provider (RFC 9700 §4.4). */
  readonly providerId?: string | undefined
  /** What policies ask of this sign-in, once that is known. */
  readonly demand?: Demand | undefined
  /** SHA-256 of the secret in the browser's bind cookie. */
  readonly bindHash: string
  /** 1 at first; a lost cookie costs one more. */
  readonly attempt: number
}

/** OIDC state is single use and lives no longer than this (RFC 9700 §4.7). */
export const flowLifetimeMs = 10 * 60 * 1000

// Each costs some 100 bytes of every request to the host; ten tabs at once is already unusual.
const bindMaxCookies = 10
// A request is capped at 64 KiB of headers, so no browser of ours ever has more; the answer must stay small too.
const expireMaxCookies = 50

const bindPrefix = 'bind-'

/** A new sign-in attempt: its id, the secret for the browser and the hash for the state. */
export function newBinding(): {
  readonly id: string
  readonly secret: string
  readonly bindHash: string
} {
  const secret = randomBytes(32).toString('base64url')
  return { id: randomBytes(12).toString('base64url'), secret, bindHash: hashOf(secret) }
}

/** The Set-Cookie value that ties a sign-in to this browser; one cookie per attempt, so that tabs do not meet. [S7] */
export function bindCookie(url: URL, id: string, secret: string): string {
  return writeFlowCookie(bindName(url, id), secret, flowLifetimeMs / 1000)
}

/** The Set-Cookie value that takes the binding away. */
export function expiredBindCookie(url: URL, id: string): string {
  return writeFlowCookie(bindName(url, id), '', 0)
}

/** Set-Cookie values that take away old bindings, once a request carries too many of them. */
export function surplusBindCookies(url: URL, headers: RawHeaders): string[] {
  const prefix = bindName(url, '')
  const names = cookieNames(headers).filter(
    (name) => name.startsWith(prefix) && /^[\w-]+$/.test(name),
  )
  if (names.length <= bindMaxCookies) return []
  return [...new Set(names)].slice(0, expireMaxCookies).map((name) => writeFlowCookie(name, '', 0))
}

/** The secret this browser was given for this state; undefined when it has none or another one. */
export function boundSecret(
  url: URL,
  headers: RawHeaders,
  state: Pick<FlowState, 'id' | 'bindHash'>,
): string | undefined {
  const values = cookieValues(headers, bindName(url, state.id))
  const secret = values[0]
  if (secret === undefined || values.length > 1) return undefined
  const matches = timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(state.bindHash))
  return matches ? secret : undefined
}

/**
 * The PKCE verifier and the nonce follow from the secret only the browser holds, so nothing of them is stored; 256 bits
 * as 43 characters (RFC 7636 §4.1).
 */
export function derive(secret: string, purpose: 'pkce' | 'nonce', id: string): string {
  return createHmac('sha256', secret).update(`${purpose}\n${id}`).digest('base64url')
}

function bindName(url: URL, id: string): string {
  return edgeCookieName(bindPrefix + id, url.protocol === 'https:')
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function cookieNames(headers: RawHeaders): string[] {
  return fieldValues(headers, 'cookie').flatMap((field) =>
    field.split(';').map((pair) => (pair.split('=', 1)[0] as string).trim()),
  )
}
