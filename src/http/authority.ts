/** Host and port of a request, from the Host field or `:authority`. */
export interface Authority {
  /** Lower-case registered name or IP literal. */
  readonly host: string
  readonly port: number
}

// RFC 1123 labels; IDN hosts arrive as punycode.
const registeredName =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const hostMaxLength = 253

/** undefined for anything but a registered name or IPv4 address with an optional port (RFC 9110 §7.2). [F8] */
export function parseAuthority(written: string, defaultPort: number): Authority | undefined {
  const colon = written.indexOf(':')
  const host = (colon < 0 ? written : written.slice(0, colon)).toLowerCase()
  if (host.length > hostMaxLength || !registeredName.test(host)) return undefined
  if (colon < 0) return { host, port: defaultPort }
  const digits = written.slice(colon + 1)
  if (!/^[1-9][0-9]{0,4}$/.test(digits)) return undefined
  const port = Number(digits)
  return port <= 65_535 ? { host, port } : undefined
}
