import { BlockList, isIP } from 'node:net'
import { fieldValues, listMembers, type RawHeaders } from './headers.ts'

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

/** Who is asking: the socket's peer, or the last untrusted hop when the peer is a trusted proxy. */
export function clientAddress(
  peer: string,
  headers: RawHeaders,
  trusted: TrustedProxies | undefined,
): string {
  if (!trusted || !isTrusted(trusted, peer)) return peer
  const hops = listMembers(fieldValues(headers, 'x-forwarded-for'))
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = hops[i] as string
    if (isIP(hop) === 0) return peer
    if (!isTrusted(trusted, hop)) return hop
  }
  return peer
}

function isTrusted(trusted: TrustedProxies, address: string): boolean {
  const version = isIP(address)
  return version !== 0 && trusted.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** An address as RFC 7239 §6 writes it: IPv6 in brackets and quotes. */
export function forwardedNode(address: string): string {
  return isIP(address) === 6 ? `"[${address}]"` : address
}
