import { detached } from './detached.ts'
import { TextMemory } from './text-memory.ts'

/** Host and port of a request, from the Host field or `:authority`. */
export interface Authority {
  /** Lower-case registered name or IP literal. */
  readonly host: string
  readonly port: number
  /** Both, the port always written out. */
  readonly hostAndPort: string
}

// RFC 1123 labels; IDN hosts arrive as punycode.
const registeredName =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const hostMaxLength = 253

// Clients write the same few hosts: a look-up instead of reading each anew. Whoever invents hosts costs what they would
// cost anyway, and this much memory at most.
const rememberedMax = 1024
const remembered = new TextMemory<Remembered>(rememberedMax)

interface Remembered {
  readonly authority: Authority
  readonly defaultPort: number
}

/** undefined for anything but a registered name or IPv4 address with an optional port (RFC 9110 §7.2). [F8] */
export function parseAuthority(written: string, defaultPort: number): Authority | undefined {
  const known = remembered.get(written)
  if (known?.defaultPort === defaultPort) return known.authority
  const own = detached(written)
  const authority = readAuthority(own, defaultPort)
  if (!authority) return undefined
  remembered.set(own, { authority, defaultPort })
  return authority
}

function readAuthority(written: string, defaultPort: number): Authority | undefined {
  const colon = written.indexOf(':')
  const host = (colon < 0 ? written : written.slice(0, colon)).toLowerCase()
  if (host.length > hostMaxLength || !registeredName.test(host)) return undefined
  if (colon < 0) return authorityOf(host, defaultPort)
  const digits = written.slice(colon + 1)
  if (!/^[1-9][0-9]{0,4}$/.test(digits)) return undefined
  const port = Number(digits)
  return port <= 65_535 ? authorityOf(host, port) : undefined
}

function authorityOf(host: string, port: number): Authority {
  return { host, port, hostAndPort: `${host}:${port}` }
}
