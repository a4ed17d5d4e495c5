import { BlockList, isIP } from 'node:net'
import { fieldValue, fieldValues, listMembers, type RawHeaders } from './headers.ts'

/** Proxies in front of the edge whose forwarding fields are believed. Nobody by default. [F2] */
export type TrustedProxies = BlockList

/** Addresses and CIDRs → a list to ask, undefined when there are none. Throws a RangeError for the whole internet or anything that is no address. */
export function trustProxies(addresses: readonly string[]): TrustedProxies | undefined {
  if (addresses.length === 0) return undefined
  const list = new BlockList()
  for (const written of addresses) {
    const [address, prefix] = written.split('/')
    const version = isIP(address ?? '')
    if (address === undefined || version === 0)
      throw new RangeError(`${written} is no IP address or CIDR`)
    const bits = prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix)
    if (!Number.isInteger(bits) || bits < 1 || bits > (version === 4 ? 32 : 128)) {
      throw new RangeError(`${written}: trusting this many addresses means trusting everybody`)
    }
    list.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

/** The way a request came, as the next server is told. */
export interface ForwardedWay {
  /** The client, then the trusted proxies behind it; never empty. */
  readonly hops: readonly [client: string, ...proxies: string[]]
  /** What the client asked for: host with port, scheme, port. */
  readonly host: string
  readonly proto: string
  readonly port: string
}

/** The way as the socket shows it; where the peer is a trusted proxy, as that one tells it. [F2] */
export function forwardedWay(
  seen: {
    readonly peer: string
    readonly host: string
    readonly proto: string
    readonly port: number
  },
  headers: RawHeaders,
  trusted: TrustedProxies | undefined,
): ForwardedWay {
  const { peer, host, proto } = seen
  const port = String(seen.port)
  if (!trusted || !isTrusted(trusted, peer)) return { hops: [peer], host, proto, port }
  const told = (name: string, form: RegExp, instead: string) => {
    const value = fieldValue(headers, name)
    return value !== undefined && form.test(value) ? value : instead
  }
  return {
    hops: hopsBefore(peer, listMembers(fieldValues(headers, 'x-forwarded-for')), trusted),
    host: told('x-forwarded-host', /^[A-Za-z0-9.-]+(?::[0-9]{1,5})?$/, host),
    proto: told('x-forwarded-proto', /^https?$/, proto),
    port: told('x-forwarded-port', /^[0-9]{1,5}$/, port),
  }
}

/** The client: the peer, or whom the last of the trusted proxies saw. [F2] */
export function clientAddress(
  peer: string,
  headers: RawHeaders,
  trusted: TrustedProxies | undefined,
): string {
  if (!trusted || !isTrusted(trusted, peer)) return peer
  return hopsBefore(peer, listMembers(fieldValues(headers, 'x-forwarded-for')), trusted)[0]
}

/** Proxies append whom they saw, so the last one that is not trusted is the client; what it claims itself is worth nothing. */
function hopsBefore(
  peer: string,
  claimed: readonly string[],
  trusted: TrustedProxies,
): [string, ...string[]] {
  const hops: [string, ...string[]] = [peer]
  for (const hop of claimed.toReversed()) {
    if (isIP(hop) === 0) return [peer]
    hops.unshift(hop)
    if (!isTrusted(trusted, hop)) break
  }
  return hops
}

function isTrusted(trusted: TrustedProxies, address: string): boolean {
  const version = isIP(address)
  return version !== 0 && trusted.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** A Forwarded field value (RFC 7239 §4): one element a hop, host and scheme with the first. */
export function writeForwarded({ hops, host, proto }: ForwardedWay): string {
  const [client, ...proxies] = hops
  const first = `for=${node(client)};host="${host}";proto=${proto}`
  return proxies.length === 0
    ? first
    : [first, ...proxies.map((hop) => `for=${node(hop)}`)].join(', ')
}

// RFC 7239 §6: IPv6 in brackets and quotes.
function node(address: string): string {
  return isIP(address) === 6 ? `"[${address}]"` : address
}
