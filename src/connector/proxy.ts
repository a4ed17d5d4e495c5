import { BlockList, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { Issue, Parsed } from '../base/check.ts'
import { Fault } from '../base/fault.ts'
import { type EdgeAddress, formatAddress, openTcp, untilOpen } from '../tunnel/carrier.ts'

/** An HTTP proxy that has to be passed on the way out. [K2] */
export interface HttpProxy {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** The Proxy-Authorization field, if the URL names somebody. */
  readonly authorization: string | undefined
}

/** What a proxy answers to CONNECT: longer than any error page's head, short enough to wait for in memory. */
const answerBytesMax = 16_384

const defaultPorts = { http: 80, https: 443 } as const

/** `http://user:password@host:port`, also https, also without scheme or user; or everything that is wrong with it. [K2] */
export function parseProxy(text: string): Parsed<HttpProxy> {
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(written) ? new URL(written) : undefined
  const scheme = url?.protocol.slice(0, -1)
  if (!url || url.hostname === '')
    return refused('a proxy is written http://user:password@host:port')
  if (scheme !== 'http' && scheme !== 'https') {
    return refused(`a proxy is reached by http or https, not ${scheme}`)
  }
  const credentials = decodeCredentials(url)
  if (credentials === undefined)
    return refused('user or password of the proxy are not well escaped')
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  const port = url.port === '' ? defaultPorts[scheme] : Number(url.port)
  const authorization =
    credentials === '' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`
  return { value: { scheme, host, port, authorization } }
}

// The text is not repeated: it may hold a password.
function refused(message: string): { issues: Issue[] } {
  return { issues: [{ path: '/proxy', code: 'proxy-address', message }] }
}

/** `user:password`, empty when the URL names nobody, undefined when an escape is none. */
function decodeCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return ''
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  } catch {
    // A percent sign that escapes nothing.
    return undefined
  }
}

/** What the environment says about proxies, as curl and most others read it. */
export interface ProxyEnvironment {
  readonly httpsProxy: string | undefined
  readonly noProxy: string | undefined
}

/** Reads HTTPS_PROXY, ALL_PROXY and NO_PROXY; small letters come first. */
export function readProxyEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): ProxyEnvironment {
  const read = (...names: readonly string[]): string | undefined =>
    names.map((name) => variables[name]).find((value) => value !== undefined && value !== '')
  return {
    httpsProxy: read('https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'),
    noProxy: read('no_proxy', 'NO_PROXY'),
  }
}

/** Whether NO_PROXY covers the address: `*`, a name with all below it, an address, a network, each with a port or not. */
export function isExempt(noProxy: string, address: EdgeAddress): boolean {
  const host = address.host.toLowerCase()
  return noProxy.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, written = '', port] = /^(?:\[?(.*?)\]?)(?::([0-9]+))?$/.exec(splitPort(entry)) ?? []
    if (written === '' || (port !== undefined && Number(port) !== address.port)) return false
    return isIP(host) === 0 ? coversName(written.toLowerCase(), host) : coversIp(written, host)
  })
}

// An IPv6 address without brackets is all colons: it has no port.
function splitPort(entry: string): string {
  return isIP(entry.split('/', 1)[0] as string) === 6 ? `[${entry}]` : entry
}

function coversName(written: string, host: string): boolean {
  const name = written.replace(/^\*?\./, '')
  return host === name || host.endsWith(`.${name}`)
}

function coversIp(written: string, host: string): boolean {
  const [base = '', prefix] = written.split('/')
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(base) === 0) return false
  const list = new BlockList()
  if (prefix === undefined) list.addAddress(base, family)
  else if (Number(prefix) <= (family === 'ipv4' ? 32 : 128))
    list.addSubnet(base, Number(prefix), family)
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * A byte stream to the address through the proxy (CONNECT, RFC 9110 §9.3.6). Rejects with a sentence that says whether
 * the proxy was not reached, wants other credentials, does not allow this, or does not reach the edge itself.
 */
export async function openThroughProxy(
  proxy: HttpProxy,
  address: EdgeAddress,
  ca: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Duplex> {
  const stream = await reachProxy(proxy, ca, signal)
  const target = formatAddress(address)
  const { authorization } = proxy
  const lines = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`]
  if (authorization !== undefined) lines.push(`Proxy-Authorization: ${authorization}`)
  stream.write(`${lines.join('\r\n')}\r\n\r\n`)
  const answer = await readAnswer(stream, signal)
  const problem = judgeAnswer(answer, proxy, target)
  if (problem === undefined) return stream
  stream.destroy()
  throw new Fault('edge-unreachable', problem)
}

async function reachProxy(
  proxy: HttpProxy,
  ca: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Duplex> {
  const { host, scheme } = proxy
  try {
    const tcp = await openTcp(proxy, signal)
    if (scheme === 'http') return tcp
    const tls = connectTls({
      host,
      socket: tcp,
      ...(isIP(host) === 0 && { servername: host }),
      ...(ca && { ca: [...ca] }),
    })
    return await untilOpen(tls, 'secureConnect', signal)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `the proxy ${formatAddress(proxy)} cannot be reached: ${reason}`
    throw new Fault('edge-unreachable', message, { cause })
  }
}

/** The head of the proxy's answer. What stands behind it stays in the stream. */
function readAnswer(stream: Duplex, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    function settle(): void {
      signal.removeEventListener('abort', abort)
      stream.off('readable', read).off('error', fail).off('close', closed).off('end', closed)
    }
    function fail(error: Error): void {
      settle()
      stream.on('error', () => {})
      stream.destroy()
      reject(error)
    }
    const closed = (): void => fail(new Error('the proxy closed the connection without an answer'))
    const abort = (): void => fail(new Error(`the proxy does not answer: ${signal.reason.message}`))
    function read(): void {
      const chunk: Buffer | null = stream.read()
      if (chunk === null) return
      received = Buffer.concat([received, chunk])
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) {
        if (received.length > answerBytesMax) fail(new Error('the proxy’s answer is too long'))
        return
      }
      settle()
      stream.unshift(received.subarray(end + 4))
      resolve(received.toString('latin1', 0, end))
    }
    stream.on('readable', read).on('error', fail).on('close', closed).on('end', closed)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
}

/** What is wrong, in a sentence; undefined when the way is open. */
function judgeAnswer(head: string, proxy: HttpProxy, target: string): string | undefined {
  const name = `the proxy ${formatAddress(proxy)}`
  const [statusLine = '', ...fields] = head.split('\r\n')
  const status = Number(/^HTTP\/1\.[01] ([0-9]{3})(?: |$)/.exec(statusLine)?.[1])
  if (Number.isNaN(status)) return `${name} does not speak HTTP`
  if (status >= 200 && status < 300) return undefined
  if (status === 407) return `${name} ${judgeCredentials(fields, proxy)}`
  if (status === 403) return `${name} does not allow CONNECT to ${target} (403)`
  if (status >= 500) return `${name} cannot reach ${target} (${status})`
  return `${name} refused CONNECT to ${target} (${status})`
}

function judgeCredentials(fields: readonly string[], proxy: HttpProxy): string {
  const offered = fields.flatMap(
    (field) => /^proxy-authenticate:\s*([!-~]+)/i.exec(field)?.[1] ?? [],
  )
  const schemes = [...new Set(offered)].join(', ') || 'nothing'
  if (!offered.some((scheme) => scheme.toLowerCase() === 'basic')) {
    return `asks for credentials by ${schemes}, and this connector can only do Basic (407)`
  }
  return proxy.authorization === undefined
    ? 'asks for user and password; give --proxy http://user:password@host:port (407)'
    : 'does not take this user and password (407)'
}
