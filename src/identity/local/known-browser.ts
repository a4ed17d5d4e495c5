import { randomBytes } from 'node:crypto'
import { cookieValues, writeCookie } from '../../http/cookie.ts'
import type { RawHeaders } from '../../http/headers.ts'
import type { SecretVault } from './vault.ts'

const cookieName = '__Host-sallyport-browser'
// As long as people leave a browser alone and still call it theirs.
const lifetimeSeconds = 180 * 24 * 3600
const idBytes = 16
const use = 'known browser/1'

/**
 * The id of this browser when the person has signed in with it before; it opens nothing, but guesses made elsewhere
 * are not counted against it.
 */
export function knownBrowser(
  vault: SecretVault,
  headers: RawHeaders,
  personId: string,
): string | undefined {
  const [value, ...more] = cookieValues(headers, cookieName)
  const [id = '', proof = ''] = (value ?? '').split('.')
  if (more.length > 0 || id === '') return undefined
  return vault.isProof(use, `${id}\n${personId}`, proof) ? id : undefined
}

/** The cookie that makes this browser known to be the person's; undefined when it is already. */
export function rememberBrowser(
  vault: SecretVault,
  headers: RawHeaders,
  personId: string,
): string | undefined {
  if (knownBrowser(vault, headers, personId) !== undefined) return undefined
  const id = randomBytes(idBytes).toString('base64url')
  return writeCookie(cookieName, `${id}.${vault.prove(use, `${id}\n${personId}`)}`, {
    secure: true,
    httpOnly: true,
    sameSite: 'Strict',
    maxAgeSeconds: lifetimeSeconds,
  })
}
