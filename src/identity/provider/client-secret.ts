import { createHash } from 'node:crypto'

/** What is kept of a client's secret: 256 random bits need no salt and no slow hash (RFC 6749 §10.10). */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
