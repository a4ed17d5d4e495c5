import { isIP } from 'node:net'

/** An address in one space for both families: IPv4 stands behind all of IPv6, so that no range holds both. */
export type Address = bigint

/** First and last address, both in it. */
export interface AddressRange {
  readonly first: Address
  readonly last: Address
}

const firstIPv4 = 1n << 128n
// RFC 4291 §2.5.5.2: `::ffff:0:0/96` is IPv4 as sockets for both families show it.
const mapped = 0xffffn
const mappedBits = 96

/** The address, undefined for what is none. The zone of a link-local one does not count. */
export function parseAddress(text: string): Address | undefined {
  const zone = text.indexOf('%')
  const bare = zone < 0 ? text : text.slice(0, zone)
  const version = isIP(bare)
  if (version === 4) return firstIPv4 | parseIPv4(bare)
  if (version !== 6) return undefined
  const address = parseIPv6(bare)
  return address >> 32n === mapped ? firstIPv4 | (address & 0xffffffffn) : address
}

/** The addresses of a CIDR, undefined for what is none. Bits behind the prefix do not count. */
export function parseRange(cidr: string): (AddressRange & { readonly bits: number }) | undefined {
  const [written = '', length = '', ...more] = cidr.split('/')
  const version = isIP(written)
  const address = written.includes('%') ? undefined : parseAddress(written)
  if (address === undefined || more.length > 0 || !/^(?:0|[1-9]\d{0,2})$/.test(length)) {
    return undefined
  }
  const bits = Number(length)
  if (bits > (version === 4 ? 32 : 128)) return undefined
  const isMapped = version === 6 && address >= firstIPv4
  // A part of IPv6 that happens to hold the mapped addresses says nothing about IPv4.
  if (isMapped && bits < mappedBits) return undefined
  const hostBits = BigInt((version === 4 ? 32 : 128) - bits)
  const first = (address >> hostBits) << hostBits
  return { first, last: first + (1n << hostBits) - 1n, bits }
}

/** Ranges as they can be searched: in order, none touching another. */
export function compileRanges(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const sorted = ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1))
  const merged: AddressRange[] = []
  for (const { first, last } of sorted) {
    const before = merged.at(-1)
    if (!before || first > before.last + 1n) merged.push({ first, last })
    else if (last > before.last) merged[merged.length - 1] = { first: before.first, last }
  }
  return merged
}

/** Whether an address lies in one of these ranges, which `compileRanges` made. */
export function liesWithin(ranges: readonly AddressRange[], address: Address): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle] as AddressRange).last < address) low = middle + 1
    else high = middle
  }
  const found = ranges[low]
  return found !== undefined && found.first <= address
}

function parseIPv4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

// `isIP` said that it is one, so at most one `::` stands for as many zeros as are missing.
function parseIPv6(text: string): bigint {
  const lastColon = text.lastIndexOf(':')
  const dotted = text.includes('.') ? parseIPv4(text.slice(lastColon + 1)) : undefined
  const written =
    dotted === undefined
      ? text
      : `${text.slice(0, lastColon + 1)}${(dotted >> 16n).toString(16)}:${(dotted & 0xffffn).toString(16)}`
  const [head = '', tail] = written.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].reduce(
    (value, part) => (value << 16n) | BigInt(`0x${part}`),
    0n,
  )
}
