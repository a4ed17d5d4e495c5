/** Scheme, lower-case host and port of a URL, the port always as a number. */
export interface Origin {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
}

export const defaultPort = { http: 80, https: 443 } as const

/** The origin as browsers write it: the default port left out (RFC 6454 §6.2). [C1] */
export function serializeOrigin(origin: Origin): string {
  const port = origin.port === defaultPort[origin.scheme] ? '' : `:${origin.port}`
  return `${origin.scheme}://${origin.host}${port}`
}

/** The origin of an absolute http(s) URL, or undefined when it is none. */
export function originOf(url: string): Origin | undefined {
  const parsed = URL.parse(url)
  if (!parsed) return undefined
  const scheme = parsed.protocol.slice(0, -1)
  if (scheme !== 'http' && scheme !== 'https') return undefined
  const port = parsed.port === '' ? defaultPort[scheme] : Number(parsed.port)
  return { scheme, host: parsed.hostname, port }
}
