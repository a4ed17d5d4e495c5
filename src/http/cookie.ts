import { fieldValues, type RawHeaders, trimOws } from './headers.ts'

/** Every value of the cookie called `name`; more than one means somebody tossed a cookie (RFC 6265bis §5.5). */
export function cookieValues(headers: RawHeaders, name: string): string[] {
  return cookieValuesIn(fieldValues(headers, 'cookie'), name)
}

/** The same for the values of the Cookie fields. */
export function cookieValuesIn(fields: readonly string[], name: string): string[] {
  const values: string[] = []
  for (const field of fields) {
    if (!field.includes(name)) continue
    for (let start = 0; start <= field.length; ) {
      const semicolon = field.indexOf(';', start)
      const end = semicolon < 0 ? field.length : semicolon
      const equals = field.indexOf('=', start)
      if (equals >= 0 && equals < end && trimOws(field.slice(start, equals)) === name) {
        values.push(trimOws(field.slice(equals + 1, end)))
      }
      start = end + 1
    }
  }
  return values
}

/** A Cookie field value without the cookies for which `drop` says true; undefined when none is left. */
export function withoutCookies(field: string, drop: (name: string) => boolean): string | undefined {
  const kept = field.split(';').filter((pair) => {
    const equals = pair.indexOf('=')
    return !drop(trimOws(equals < 0 ? pair : pair.slice(0, equals)))
  })
  return kept.length === 0 ? undefined : trimOws(kept.join(';'))
}

export interface CookieAttributes {
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'Lax' | 'None' | 'Strict'
  /** Kept apart for each site whose pages it is used below (CHIPS). */
  readonly partitioned?: boolean
  /** Seconds; absent for a cookie that ends with the browser; 0 deletes it. */
  readonly maxAgeSeconds?: number
}

/** A host-only Set-Cookie value for the whole host. */
export function writeCookie(name: string, value: string, attributes: CookieAttributes): string {
  const parts = [`${name}=${value}`, 'Path=/']
  if (attributes.maxAgeSeconds !== undefined) parts.push(`Max-Age=${attributes.maxAgeSeconds}`)
  if (attributes.secure) parts.push('Secure')
  if (attributes.httpOnly) parts.push('HttpOnly')
  parts.push(`SameSite=${attributes.sameSite}`)
  if (attributes.partitioned) parts.push('Partitioned')
  return parts.join('; ')
}
