import { collection } from '../api/queries.ts'
import type { Certificate } from '../api/types.ts'

const profile = '/onPremisesPublishingProfiles/applicationProxy'
export const certificatesPath = `${profile}/certificates`

/** A host that certificates are ordered for. */
export interface AcmeHost {
  readonly id: string
  readonly failureCount: number
  readonly nextAttemptDateTime: string
  readonly lastError: string | null
}

/** All certificates beside those of the local authority. */
export function certificateList() {
  return collection<Certificate>(certificatesPath)
}

/** The hosts that certificates are ordered for. */
export function acmeHostList() {
  return collection<AcmeHost>(`${profile}/acmeHosts`)
}

const dayMs = 86_400_000

/** Whole days until it expires, negative when it has. */
export function daysLeft({ expiryDate }: Pick<Certificate, 'expiryDate'>, now: number): number {
  return Math.floor((Date.parse(expiryDate) - now) / dayMs)
}

/** Whether one name of a certificate is for a host: exactly, or by a star that stands for one label. */
export function covers(name: string, host: string): boolean {
  if (name.toLowerCase() === host.toLowerCase()) return true
  return name.startsWith('*.') && host.replace(/^[^.]+/, '*').toLowerCase() === name.toLowerCase()
}
