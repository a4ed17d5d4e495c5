/** Everything the edge answers itself on the hosts of applications lies below this. */
export const ownPathPrefix = '/.sallyport/'

// RFC 9110 §4.1 recommends 8,000 bytes for URLs; the state grows by a third in base64 and carries the fragment too.
const pathMaxLength = 4096
const fragmentMaxLength = 2048

/** The path and query to land on after signing in: of this URL, or `/` when it is too long or the edge's own. [S1] */
export function landingPath(url: URL): string {
  const bare = new URL(url)
  bare.hash = ''
  const path = bare.href.slice(bare.origin.length) // `search` would lose a lone `?`
  return path.length > pathMaxLength || path.startsWith(ownPathPrefix) ? '/' : path
}

/** The landing path somebody asks for in a parameter: on this very origin, or `/`. */
export function requestedLandingPath(origin: string, wanted: string | undefined): string {
  if (wanted === undefined || wanted.length > pathMaxLength) return '/'
  // A path and nothing else: browsers read `//`, `/\` and dropped tabs as another host.
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted)) return '/'
  const url = URL.parse(wanted, origin)
  if (!url || url.origin !== origin || url.pathname.startsWith('//')) return '/'
  return landingPath(url)
}

/** A fragment as the page sent it (`#…` or nothing); what is too long or no fragment is dropped. */
export function landingFragment(fragment: string): string {
  return fragment.startsWith('#') && fragment.length <= fragmentMaxLength ? fragment : ''
}

/** The absolute URL to land on: always on `origin`, whatever path and fragment hold. */
export function landingUrl(origin: string, path: string, fragment: string): string {
  const url = URL.parse(origin + path)
  if (!url || url.origin !== origin) return `${origin}/`
  url.hash = fragment
  return url.href
}
