/** One cookie as a browser keeps it (RFC 6265bis §5.7). */
export interface StoredCookie {
  readonly name: string
  readonly value: string
  /** The host that set it, or the Domain attribute without its dot. */
  readonly domain: string
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** Milliseconds since 1970; undefined for a cookie that ends with the browser. */
  readonly expiresAt: number | undefined
}

/** Keeps and sends cookies as a browser would, the `__Host-` and `__Secure-` prefixes and Secure included. */
export class CookieJar {
  readonly #cookies = new Map<string, StoredCookie>()

  /** Takes the Set-Cookie fields of an answer from `url`; a cookie a browser would refuse is dropped. */
  store(url: URL, setCookies: readonly string[]): void {
    for (const field of setCookies) {
      const cookie = parseSetCookie(url, field)
      if (!cookie) continue
      const key = `${cookie.domain};${cookie.hostOnly};${cookie.path};${cookie.name}`
      if (isExpired(cookie)) this.#cookies.delete(key)
      else this.#cookies.set(key, cookie)
    }
  }

  /** The Cookie field for a request to `url`, longer paths first; undefined when there is none to send. */
  header(url: URL): string | undefined {
    const pairs = this.for(url).map((cookie) => `${cookie.name}=${cookie.value}`)
    return pairs.length === 0 ? undefined : pairs.join('; ')
  }

  /** The cookies that would be sent to `url`. */
  for(url: URL): StoredCookie[] {
    return [...this.#cookies.values()]
      .filter((cookie) => isFor(cookie, url) && !isExpired(cookie))
      .sort((a, b) => b.path.length - a.path.length)
  }

  get all(): readonly StoredCookie[] {
    return [...this.#cookies.values()]
  }

  clear(): void {
    this.#cookies.clear()
  }
}

function parseSetCookie(url: URL, field: string): StoredCookie | undefined {
  const [pair = '', ...rest] = field.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, equals).trim()
  if (equals < 1 || name === '') return undefined
  const attributes = readAttributes(rest)
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase() ?? ''
  const path = attributes.get('path') ?? ''
  const cookie: StoredCookie = {
    name,
    value: pair.slice(equals + 1).trim(),
    domain: domain === '' ? url.hostname : domain,
    hostOnly: domain === '',
    path: path.startsWith('/') ? path : defaultPath(url),
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    expiresAt: expiry(attributes),
  }
  return isAcceptable(cookie, url, path) ? cookie : undefined
}

function readAttributes(parts: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const part of parts) {
    const [name = '', ...value] = part.split('=')
    attributes.set(name.trim().toLowerCase(), value.join('=').trim())
  }
  return attributes
}

function isAcceptable(cookie: StoredCookie, url: URL, path: string): boolean {
  if (!cookie.hostOnly && !domainMatches(url.hostname, cookie.domain)) return false
  if (cookie.secure && url.protocol !== 'https:') return false
  const name = cookie.name.toLowerCase()
  if (name.startsWith('__secure-')) return cookie.secure
  if (name.startsWith('__host-')) return cookie.secure && cookie.hostOnly && path === '/'
  return true
}

function isFor(cookie: StoredCookie, url: URL): boolean {
  const host = cookie.hostOnly
    ? cookie.domain === url.hostname
    : domainMatches(url.hostname, cookie.domain)
  return host && pathMatches(url.pathname, cookie.path) && (!cookie.secure || isSecure(url))
}

function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'wss:'
}

function domainMatches(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true
  return path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`)
}

// RFC 6265 §5.1.4: the directory of the request's path.
function defaultPath(url: URL): string {
  const end = url.pathname.lastIndexOf('/')
  return end <= 0 ? '/' : url.pathname.slice(0, end)
}

// RFC 6265 §5.3: Max-Age goes before Expires.
function expiry(attributes: ReadonlyMap<string, string>): number | undefined {
  const maxAge = attributes.get('max-age')
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Date.now() + Number(maxAge) * 1000
  const expires = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(expires) ? undefined : expires
}

function isExpired(cookie: StoredCookie): boolean {
  return cookie.expiresAt !== undefined && cookie.expiresAt <= Date.now()
}
