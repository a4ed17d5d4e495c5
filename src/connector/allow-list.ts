import { BlockList, isIP } from 'node:net'
import type { Issue, Parsed } from '../base/check.ts'

/** A port as every TCP port is: 0 is none. */
const highestPort = 65_535

/** More entries than this are a mistake, and each is compared for every new connection. */
const maxEntries = 1_000

interface Entry {
  /** What the administrator wrote, for logs. */
  readonly written: string
  readonly port: number | undefined
  readonly covers: { readonly host: string } | { readonly network: BlockList }
}

/** The destinations a connector's own administrator permits; the edge cannot override it. [K6] */
export interface AllowList {
  readonly entries: readonly Entry[]
}

/** One place to connect to: the name or address as the application's URL has it, and what it resolved to. */
export interface Destination {
  readonly host: string
  readonly port: number
  readonly address: string
}

export type Refusal =
  | { readonly code: 'not-listed'; readonly destination: Destination }
  | { readonly code: 'never-unless-listed'; readonly destination: Destination }

export type DestinationVerdict =
  | { readonly allowed: true; readonly because: string }
  | { readonly allowed: false; readonly because: Refusal }

/**
 * Where machines keep the credentials of their cloud, so that a published application must never lead there by
 * accident or by DNS: link-local of both families, and the metadata addresses that lie outside of it (AWS over IPv6,
 * Azure's wire server, Alibaba, Oracle), each also in NAT64 clothes (RFC 6052).
 */
const neverUnlessListed = networks([
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254/128',
  '168.63.129.16/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
  '64:ff9b::a9fe:0/112',
  '64:ff9b::a83f:8110/128',
])

/**
 * Decides whether the connector may connect to `destination`. Without a list everything is allowed but link-local and
 * metadata addresses; those need an entry that names the address or its network, a host name is not enough, because
 * whoever answers for the name chooses the address. [K6]
 */
export function decideDestination(
  list: AllowList | undefined,
  destination: Destination,
): DestinationVerdict {
  const entry = list?.entries.find((candidate) => covers(candidate, destination))
  const guarded = contains(neverUnlessListed, destination.address)
  if (guarded && !list?.entries.some((candidate) => coversAddress(candidate, destination))) {
    return { allowed: false, because: { code: 'never-unless-listed', destination } }
  }
  if (entry) return { allowed: true, because: entry.written }
  if (list) return { allowed: false, because: { code: 'not-listed', destination } }
  return { allowed: true, because: 'no allow-list' }
}

/**
 * Reads entries such as `wiki.corp.test`, `*.corp.test:8443`, `10.0.0.0/8`, `192.168.1.5:80`, `[fd00::/8]:443`.
 * The star stands for one label. Every faulty entry is reported, with its place in `entries`.
 */
export function parseAllowList(entries: readonly string[]): Parsed<AllowList> {
  const issues: Issue[] = []
  const parsed: Entry[] = []
  if (entries.length > maxEntries) {
    issues.push({ path: '/', code: 'too-many', message: `at most ${maxEntries} entries` })
  }
  for (const [index, written] of entries.entries()) {
    const entry = parseEntry(written)
    if (typeof entry === 'string')
      issues.push({ path: `/${index}`, code: 'invalid', message: entry })
    else parsed.push(entry)
  }
  return issues.length > 0 ? { issues } : { value: { entries: parsed } }
}

const entryPattern = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]]+))(?::(?<port>[0-9]{1,5}))?$/
const hostPattern =
  /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/

function parseEntry(written: string): Entry | string {
  // An IPv6 address or network without a port needs no brackets.
  const bare = isIP(written.split('/', 1)[0] as string) === 6
  const groups = (bare ? entryPattern.exec(`[${written}]`) : entryPattern.exec(written))?.groups
  if (!groups) return `"${written}" is not host, host:port, network or network:port`
  const port = groups['port'] === undefined ? undefined : Number(groups['port'])
  if (port !== undefined && (port < 1 || port > highestPort)) return `"${written}" has no such port`
  const subject = (groups['bracketed'] ?? groups['plain'] ?? '').toLowerCase()
  const network = parseNetwork(subject)
  if (network) return { written, port, covers: { network } }
  if (subject.includes('/')) return `"${written}" is not a network such as 10.0.0.0/8`
  if (!hostPattern.test(subject) || looksNumeric(subject)) {
    return `"${written}" is not a host name; a star may only be the whole first label`
  }
  return { written, port, covers: { host: subject } }
}

// `10.1` or `0x7f.1` are addresses to some readers and names to others, so they are neither here.
function looksNumeric(host: string): boolean {
  return /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/.test(host)
}

function parseNetwork(subject: string): BlockList | undefined {
  const [base = '', prefix, ...rest] = subject.split('/')
  const family = isIP(base)
  if (family === 0 || rest.length > 0) return undefined
  const widest = family === 4 ? 32 : 128
  const length = prefix === undefined ? widest : Number(prefix)
  if (prefix !== undefined && (!/^[0-9]{1,3}$/.test(prefix) || length > widest)) return undefined
  const network = new BlockList()
  network.addSubnet(base, length, family === 4 ? 'ipv4' : 'ipv6')
  return network
}

function covers(entry: Entry, destination: Destination): boolean {
  if (coversAddress(entry, destination)) return true
  if (entry.port !== undefined && entry.port !== destination.port) return false
  return 'host' in entry.covers && matchesHost(entry.covers.host, destination.host.toLowerCase())
}

function coversAddress(entry: Entry, destination: Destination): boolean {
  if (entry.port !== undefined && entry.port !== destination.port) return false
  return 'network' in entry.covers && contains(entry.covers.network, destination.address)
}

function matchesHost(pattern: string, host: string): boolean {
  const name = host.endsWith('.') ? host.slice(0, -1) : host
  if (!pattern.startsWith('*.')) return name === pattern
  const dot = name.indexOf('.')
  return dot > 0 && name.slice(dot) === pattern.slice(1)
}

// BlockList sees through IPv4-mapped IPv6 (`::ffff:169.254.169.254`) and zones (`fe80::1%eth0`).
function contains(network: BlockList, address: string): boolean {
  return network.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

function networks(subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [base = '', prefix = ''] = subnet.split('/')
    list.addSubnet(base, Number(prefix), isIP(base) === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
