import type { RawHeaders } from '../http/headers.ts'

// What lets somebody in, and whatever is called so.
const secretName =
  /authorization|authentication-info|cookie|token|secret|password|session|jwt|assertion|api-?key|signature/i
const locationName = /^(?:location|content-location|refresh|link|referer)$/i

/** Header fields as they may be shown: values that may let somebody in are left out, addresses have no query. */
export function maskHeaders(headers: RawHeaders): RawHeaders {
  return headers.map((text, i) => {
    if (i % 2 === 0) return text
    const name = headers[i - 1] as string
    // What CORS says about such fields holds names and nothing else.
    if (/^(?:access-control-|vary$)/i.test(name)) return text
    if (/^set-cookie$/i.test(name)) return text.replace(/=[^;]*/, '=…')
    if (secretName.test(name)) return '…'
    return locationName.test(name) ? maskLocation(text) : text
  })
}

/** An address, relative or not, without what may be secret in it: user name, query and fragment. */
export function maskLocation(text: string): string {
  const bare = text.replace(/[?#][\s\S]*$/, '')
  const named = bare.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/@\\]*@/i, '$1//user@')
  return named === text || bare === text ? named : `${named}?…`
}
