import { isIPv6 } from 'node:net'

/** Whoever is counted by address: the address itself, of IPv6 the /64, of which one customer has at least one. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [front = '', back] = address.split('::', 2)
  const groups = front === '' ? [] : front.split(':')
  if (back !== undefined) {
    const last = back === '' ? [] : back.split(':')
    while (groups.length + last.length < 8) groups.push('0')
    groups.push(...last)
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
