import { createHash } from 'node:crypto'
import type { CertificateFacts } from './certificate.ts'

/** A certificate of 90 days is renewed with a month left, one of 6 days with two days. */
const renewAtShare = 2 / 3
/** Certificates that were issued together are not renewed together. */
const spreadShare = 1 / 30

/** When a certificate is to be renewed, from its own dates; the same whenever asked. */
export function renewalTime({ thumbprint, notBefore, notAfter }: RenewalFacts): number {
  const lifetime = notAfter - notBefore
  const early = fraction(thumbprint) * spreadShare
  return notBefore + lifetime * (renewAtShare - early)
}

/** A moment within the window that belongs to this certificate, the same whenever asked (RFC 9773 §4.2). */
export function timeWithin(
  window: { readonly start: number; readonly end: number },
  thumbprint: string,
): number {
  return window.start + (window.end - window.start) * fraction(thumbprint)
}

type RenewalFacts = Pick<CertificateFacts, 'thumbprint' | 'notBefore' | 'notAfter'>

const minuteMs = 60_000
/** Authorities allow five failed attempts an hour and name: 5 min, 20 min, 80 min, 5 h, 21 h, then daily. */
const firstBackoffMs = 5 * minuteMs
const backoffFactor = 4
const backoffMaxMs = 24 * 60 * minuteMs
const backoffJitterShare = 0.1
/** The longest limits of authorities are a week's. */
const retryMaxMs = 7 * 24 * 60 * minuteMs

/** When to try again after so many failures in a row (1 is the first); never before `retryAt`, if that is within a week. */
export function nextAttemptTime(
  failures: number,
  now: number,
  retryAt: number | undefined,
  random: number,
): number {
  const wait = Math.min(firstBackoffMs * backoffFactor ** (failures - 1), backoffMaxMs)
  const jittered = wait * (1 + (random * 2 - 1) * backoffJitterShare)
  return Math.max(now + jittered, Math.min(retryAt ?? 0, now + retryMaxMs))
}

/** A number from 0 to 1 that belongs to this text. */
function fraction(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 0x1_0000_0000
}
