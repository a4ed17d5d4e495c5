import { type CookieAttributes, writeCookie } from '../../http/cookie.ts'

const prefixes = ['__host-sallyport', '__secure-sallyport', 'sallyport-'] as const

/** Cookies of the edge itself: never shown to an application, never accepted from one. [S3] */
export function isEdgeCookie(name: string): boolean {
  const first = name[0]
  if (first !== '_' && first !== 's' && first !== 'S') return false
  const lower = name.toLowerCase()
  return prefixes.some((prefix) => lower.startsWith(prefix))
}

/** The full name of an edge cookie: browsers keep the `__Host-` prefix to host-only, secure cookies. */
export function edgeCookieName(suffix: string, secure: boolean): string {
  return secure ? `__Host-sallyport-${suffix}` : `sallyport-${suffix}`
}

/** A short-lived cookie of the sign-in itself: it must survive the way back from the provider, hence Lax. */
export function writeFlowCookie(name: string, value: string, maxAgeSeconds: number): string {
  const attributes: CookieAttributes = {
    secure: name.startsWith('__Host-'),
    httpOnly: true,
    sameSite: 'Lax',
    maxAgeSeconds,
  }
  return writeCookie(name, value, attributes)
}

/** The name in `host` as `URL.host` writes it: cookies do not tell ports apart (RFC 6265 §8.5). */
export function hostnameOf(host: string): string {
  const colon = host.lastIndexOf(':')
  return colon < 0 || host.endsWith(']') ? host : host.slice(0, colon)
}
