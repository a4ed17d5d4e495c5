import { BlockList, isIP } from 'node:net'
import { parse as parseDomain } from 'tldts'
import type { Issue, Parsed } from '../base/check.ts'
import { isHostLabel } from '../http/label.ts'
import { normalizePath } from '../http/path.ts'

/** An external, alternate or internal URL as somebody wrote it, normalised and taken apart. */
export interface PublishedUrl {
  /** Lower-case host in punycode, no default port, path ending in a slash. */
  readonly text: string
  readonly scheme: 'http' | 'https'
  /** Without the star label. */
  readonly domain: string
  /** The port as the URL has it: empty for the default one. */
  readonly port: string
  readonly starred: boolean
}

export type UrlSide = 'external' | 'internal'

// Longer URLs do not survive every browser, proxy and log between here and the person.
const urlMaxLength = 2_048

// scheme, authority, path, query, fragment
const shape = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\]*)([^?#]*)(\?[^#]*)?(#.*)?$/is

/** A URL to publish, or every issue. External hosts are domain names, internal ones anything but a link-local address. [P1] [P3] [P12] */
export function parsePublishedUrl(
  written: string,
  side: UrlSide,
  path: string,
): Parsed<PublishedUrl> {
  const parts = shape.exec(written)
  if (!parts || written.length > urlMaxLength) {
    return {
      issues: [{ path, code: 'url-invalid', message: `"${cut(written)}" is no absolute URL` }],
    }
  }
  const [, schemeText = '', authority = '', pathText = '', query, fragment] = parts
  const scheme = schemeText.toLowerCase()
  const issues: Issue[] = []
  const say: Say = (code, message) => issues.push({ path, code, message })
  if (scheme !== 'http' && scheme !== 'https') say('url-scheme', 'must start with http or https')
  if (authority.includes('@')) say('url-user', 'must not name a user')
  if (query !== undefined) say('url-query', 'must not have a query')
  if (fragment !== undefined) say('url-fragment', 'must not have a fragment')
  const prefix = parsePath(pathText, say)
  const host = parseHost(authority.slice(authority.lastIndexOf('@') + 1), side, say, scheme)
  if (issues.length > 0 || !host || !isWeb(scheme)) return { issues }
  const { domain, port, starred } = host
  const star = starred ? '*.' : ''
  const text = `${scheme}://${star}${domain}${port === '' ? '' : `:${port}`}${prefix}`
  return { value: { text, scheme, domain, port, starred } }
}

type Say = (code: string, message: string) => void

function isWeb(scheme: string): scheme is 'http' | 'https' {
  return scheme === 'http' || scheme === 'https'
}

function cut(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

/** The path with a slash at its end. */
function parsePath(text: string, say: Say): string {
  if (/[*^|[\]{}]/.test(text)) {
    say('wildcard-placement', 'the path is a plain prefix: no star, no regular expression')
    return '/'
  }
  if (text.includes('\\')) {
    say('url-path', 'the path must not have a backslash')
    return '/'
  }
  const path = normalizePath(text.endsWith('/') ? text : `${text}/`)
  if (typeof path !== 'string' || path.includes('//')) {
    say(
      'url-path',
      `the path cannot be published (${typeof path === 'string' ? 'empty-segment' : path.problem})`,
    )
    return '/'
  }
  return path
}

interface Host {
  readonly domain: string
  readonly port: string
  readonly starred: boolean
}

function parseHost(authority: string, side: UrlSide, say: Say, scheme: string): Host | undefined {
  const starred = authority.startsWith('*.')
  const rest = starred ? authority.slice(2) : authority
  if (rest.includes('*')) {
    say(
      'wildcard-placement',
      'a star stands for the whole first label only: https://*.contoso.net/',
    )
    return undefined
  }
  // The star is parsed as an ordinary label, so that what is left is checked like any host.
  const url = URL.parse(`${isWeb(scheme) ? scheme : 'https'}://${starred ? 'a.' : ''}${rest}`)
  // Port 0 means any port to a program that listens, and none to one that connects.
  if (!url || url.port === '0' || /[\s%]/.test(rest)) {
    say('url-host', `"${cut(authority)}" is no host name with an optional port`)
    return undefined
  }
  const hostname = side === 'external' ? url.hostname.replace(/\.$/, '') : url.hostname
  const host = { domain: starred ? hostname.slice(2) : hostname, port: url.port, starred }
  const problem = side === 'external' ? externalProblem(host) : internalProblem(host)
  if (!problem) return host
  say(...problem)
  return undefined
}

type Problem = readonly [code: string, message: string]

const noName: Problem = ['url-host', 'the host is no domain name']

function externalProblem({ domain, starred }: Host): Problem | undefined {
  if (isIP(unbracket(domain)) !== 0) {
    return ['external-address', 'an external URL needs a domain name, not an IP address']
  }
  if (!domain.split('.').every(isHostLabel)) return noName
  // RFC 1034 §3.1: 253 characters, and the star takes one more label.
  if (domain.length > 253) return noName
  if (starred && !parseDomain(domain, { allowPrivateDomains: true }).domain) {
    return [
      'wildcard-suffix',
      `a star directly under "${domain}" would cover other people's domains`,
    ]
  }
  if (!domain.includes('.')) return ['url-host', 'an external host needs at least two labels']
  return undefined
}

// Windows names inside a network have underscores.
const internalLabel = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

function internalProblem({ domain, starred }: Host): Problem | undefined {
  const address = unbracket(domain)
  const family = isIP(address)
  if (family !== 0) {
    return isForbiddenAddress(address, family) ? forbiddenAddress : undefined
  }
  const labels = domain.replace(/\.$/, '').split('.')
  if (!labels.every((label) => internalLabel.test(label))) return noName
  if (forbiddenNames.has(labels.join('.'))) return forbiddenAddress
  if (!starred) return undefined
  const suffix = parseDomain(domain, { allowPrivateDomains: true })
  // `corp`, `lan` and the like are nobody's; under `com` a star would reach the whole internet.
  if (suffix.domain === null && (suffix.isIcann || suffix.isPrivate)) {
    return [
      'wildcard-suffix',
      `a star directly under "${domain}" would cover other people's domains`,
    ]
  }
  return undefined
}

const forbiddenAddress: Problem = [
  'internal-address',
  'link-local and metadata addresses cannot be published',
]

function unbracket(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

// Clouds hand out credentials there to whoever asks from the machine. A list of IPv4 also takes the IPv4-mapped form;
// the others are the NAT64 form and the deprecated IPv4-compatible one.
const forbiddenAddresses = new BlockList()
forbiddenAddresses.addSubnet('169.254.0.0', 16, 'ipv4')
forbiddenAddresses.addAddress('100.100.100.200', 'ipv4')
forbiddenAddresses.addAddress('168.63.129.16', 'ipv4')
forbiddenAddresses.addSubnet('fe80::', 10, 'ipv6')
forbiddenAddresses.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
forbiddenAddresses.addSubnet('::a9fe:0', 112, 'ipv6')
forbiddenAddresses.addAddress('fd00:ec2::254', 'ipv6')

const forbiddenNames: ReadonlySet<string> = new Set(['metadata.google.internal', 'metadata.goog'])

function isForbiddenAddress(address: string, family: number): boolean {
  return forbiddenAddresses.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
