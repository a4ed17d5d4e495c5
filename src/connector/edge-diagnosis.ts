import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type EdgeAddress, formatAddress } from '../tunnel/carrier.ts'
import { tunnelAlpn } from '../tunnel/limits.ts'
import { openWebSocket } from '../tunnel/web-socket-carrier.ts'
import { check, codeOf, failed, passed, type Tell, warned } from './check-teller.ts'
import { judgeCertificate, openTls, type Pinned } from './edge-certificate.ts'
import { askHttp } from './http-question.ts'
import { isExempt } from './proxy.ts'
import { openBytes, type WayOutOptions } from './way-out.ts'

export interface EdgeQuestion {
  readonly address: EdgeAddress
  readonly way: WayOutOptions
  /** Who named the proxy, such as HTTPS_PROXY. */
  readonly proxyFrom?: string | undefined
  readonly pinned: Pinned
  readonly tell: Tell
  readonly signal: AbortSignal
  /** 8 s if unsaid. */
  readonly stepTimeoutMs?: number | undefined
}

/** What no network that works takes longer for. */
const defaultStepTimeoutMs = 8_000

/** Looks at the way to one edge, one layer after the other. Whatever is found is told; a failed layer ends it. [K2] */
export async function examineEdge(question: EdgeQuestion): Promise<void> {
  tellWay(question)
  if (!isThroughProxy(question)) await examineName(question)
  if (!(await examineReach(question))) return
  await examineTls(question)
  await examineClock(question)
  await examineLargeWrites(question)
  await examineWebSocket(question)
}

function isThroughProxy({ way: { proxy, noProxy }, address }: EdgeQuestion): boolean {
  return proxy !== undefined && !(noProxy !== undefined && isExempt(noProxy, address))
}

function limited({ signal, stepTimeoutMs = defaultStepTimeoutMs }: EdgeQuestion): AbortSignal {
  const limit = new AbortController()
  const giveUp = (): void => limit.abort(new Error(`no answer within ${stepTimeoutMs} ms`))
  const timer = setTimeout(giveUp, stepTimeoutMs)
  timer.unref()
  return AbortSignal.any([signal, limit.signal])
}

/** Which proxy was found, if any, and whether it counts for this edge. */
function tellWay(question: EdgeQuestion): void {
  const { address, way, proxyFrom, tell } = question
  const subject = formatAddress(address)
  const proxy = way.proxy && `${way.proxy.scheme}://${formatAddress(way.proxy)} (${proxyFrom})`
  const message =
    proxy === undefined
      ? 'goes out directly: no proxy is named'
      : isThroughProxy(question)
        ? `goes out through the proxy ${proxy}`
        : `goes out directly: NO_PROXY covers it, so the proxy ${proxy} does not count`
  tell({ id: 'edge-way', subject, ...passed(message) })
}

async function examineName({ address: { host, port }, tell }: EdgeQuestion): Promise<void> {
  if (isIP(host) !== 0) return
  const place = { id: 'edge-name', subject: formatAddress({ host, port }) } as const
  await check(
    tell,
    place,
    async () => {
      const addresses = await lookup(host, { all: true })
      return { told: passed(`${host} is ${addresses.map(({ address }) => address).join(', ')}`) }
    },
    (_, thrown) =>
      failed(
        `${host} has no address here (${codeOf(thrown)})`,
        'Check the name, and which name server this machine asks (resolv.conf). Behind a proxy the name need not be known: say --proxy.',
      ),
  )
}

const reachFixes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there: check the port, and that the edge runs.',
  ENOTFOUND: 'The name has to be known first.',
  EHOSTUNREACH: 'There is no route: check the network and the firewall of this machine.',
  ENETUNREACH: 'There is no route: check the network and the firewall of this machine.',
}
const filtered =
  'A firewall drops it without a word: allow this machine to go out to the edge’s port, or name the proxy with --proxy.'

async function examineReach(question: EdgeQuestion): Promise<boolean> {
  const { address, way, tell } = question
  const proxied = isThroughProxy(question)
  const subject = formatAddress(address)
  const proxyName = way.proxy ? formatAddress(way.proxy) : ''
  const reached = await check(
    tell,
    { id: proxied ? 'edge-proxy' : 'edge-tcp', subject },
    async () => {
      const stream = await openBytes(way, address, limited(question))
      stream.destroy()
      const said = proxied
        ? `the proxy ${proxyName} lets through to ${subject}`
        : `${subject} is reached`
      return { told: passed(said), value: true }
    },
    (reason, thrown) =>
      proxied
        ? failed(reason, proxyFix(reason))
        : failed(`${subject} is not reached: ${reason}`, reachFixes[codeOf(thrown)] ?? filtered),
  )
  return reached === true
}

function proxyFix(reason: string): string {
  if (reason.includes('(407)'))
    return 'Say --proxy http://user:password@host:port with the right ones.'
  if (reason.includes('(403)')) return 'Have the proxy’s administrator allow CONNECT to the edge.'
  if (reason.includes('cannot be reached')) return 'Check --proxy, HTTPS_PROXY and NO_PROXY.'
  return 'The proxy does not bring connections to the edge; its log says why.'
}

async function openTo(question: EdgeQuestion, protocols: readonly string[]): Promise<TLSSocket> {
  const { address, way, pinned } = question
  const limit = limited(question)
  return openTls(await openBytes(way, address, limit), address, protocols, pinned, limit)
}

async function examineTls(question: EdgeQuestion): Promise<void> {
  const { address, pinned, tell } = question
  const subject = formatAddress(address)
  const instead = 'Tunnels go inside a WebSocket instead, if that passes (below).'
  await check(
    tell,
    { id: 'edge-tls', subject },
    async () => {
      const socket = await openTo(question, [tunnelAlpn])
      const verdict = judgeCertificate(socket, pinned)
      const speaks = socket.alpnProtocol === tunnelAlpn
      const protocol = socket.getProtocol()
      socket.destroy()
      if (verdict.trusted === false) return { told: judged(verdict, subject) }
      if (!speaks)
        return {
          told: warned(
            `${subject} does not speak ${tunnelAlpn}: something on the way takes that out, or this is no edge`,
            instead,
          ),
        }
      if (verdict.trusted === undefined) {
        const message = `${protocol}, a certificate of ${verdict.issuer}; nothing here says whether that is the edge’s`
        return { told: warned(message, 'Say --data with the connector’s folder, or --token.') }
      }
      return { told: passed(`${protocol}, with the edge’s own certificate: nobody reads along`) }
    },
    (reason) => warned(`the tunnel’s own TLS does not pass: ${reason}`, instead),
  )
}

type Distrust = Extract<ReturnType<typeof judgeCertificate>, { readonly trusted: false }>

function judged({ because, issuer, certificate }: Distrust, subject: string) {
  if (because === 'expired' || because === 'early') {
    const until =
      because === 'expired'
        ? `ended at ${certificate?.validTo}`
        : `begins at ${certificate?.validFrom}`
    const fix =
      'Check the clock of this machine first (below); else the edge has to be started anew.'
    return failed(`the edge’s certificate ${until}`, fix)
  }
  if (because === 'name') {
    const names = certificate?.subjectAltName ?? 'another name'
    return failed(
      `the edge’s certificate is for ${names}, not for ${subject}`,
      'Dial the edge by a name that it has: --edge, and --connector-host at the edge.',
    )
  }
  return warned(
    `TLS is intercepted: ${subject} shows a certificate of ${issuer}, not of the edge`,
    'Have the edge’s address taken out of TLS inspection; until then tunnels go inside a WebSocket, where nobody can read them either.',
  )
}

// A certificate is good from two hours before it is made; tokens and assertions allow for a minute.
const skewWarnedMs = 30_000
const skewFailedMs = 5 * 60_000

async function examineClock(question: EdgeQuestion): Promise<void> {
  const { address, tell } = question
  const subject = formatAddress(address)
  await check(
    tell,
    { id: 'edge-clock', subject },
    async () => {
      const asked = Date.now()
      const { dateMs } = await askHttp(
        await openTo(question, ['http/1.1']),
        address,
        '/',
        0,
        limited(question),
      )
      if (dateMs === undefined) return { told: warned('the edge does not say what time it is') }
      // The edge tells whole seconds, and said so at some time between question and answer.
      const late = dateMs + 500 - (asked + Date.now()) / 2
      const seconds = Math.round(Math.abs(late) / 1000)
      const message = `this machine’s clock is ${seconds} s ${late > 0 ? 'behind' : 'ahead of'} the edge’s`
      const fix = 'Have this machine set its clock by NTP (timedatectl, w32tm).'
      if (Math.abs(late) > skewFailedMs) return { told: failed(message, fix) }
      if (Math.abs(late) > skewWarnedMs) return { told: warned(message, fix) }
      return { told: passed('this machine’s clock is right') }
    },
    (reason) => warned(`what time it is there could not be asked: ${reason}`),
  )
}

// Eight full packets of an Ethernet at once; fields of one request, which an edge takes up to 64 KiB.
const largeBytes = 12_000

async function examineLargeWrites(question: EdgeQuestion): Promise<void> {
  const { address, tell } = question
  const subject = formatAddress(address)
  await check(
    tell,
    { id: 'edge-large-writes', subject },
    async () => {
      const socket = await openTo(question, ['http/1.1'])
      const path = '/beta/openapi.json'
      const { sentBytes, receivedBytes } = await askHttp(
        socket,
        address,
        path,
        largeBytes,
        limited(question),
      )
      return { told: passed(`${sentBytes} bytes at once went out, ${receivedBytes} came back`) }
    },
    (reason) =>
      failed(
        `small messages pass and large ones do not: ${reason}`,
        'Something on the way drops full packets and says nothing (a VPN, a tunnel): lower the MTU of this machine’s interface, such as to 1400, or let ICMP “fragmentation needed” pass.',
      ),
  )
}

async function examineWebSocket(question: EdgeQuestion): Promise<void> {
  const { address, way, pinned, tell } = question
  const subject = formatAddress(address)
  await check(
    tell,
    { id: 'edge-websocket', subject },
    async () => {
      const limit = limited(question)
      const inner: Duplex = await openWebSocket(
        await openBytes(way, address, limit),
        address,
        limit,
      )
      const socket = await openTls(inner, address, [tunnelAlpn], pinned, limit)
      const { trusted } = judgeCertificate(socket, pinned)
      const speaks = socket.alpnProtocol === tunnelAlpn
      socket.destroy()
      if (trusted === false || !speaks)
        return { told: failed('the WebSocket leads to something that is not the edge') }
      return { told: passed('a WebSocket passes, should it be needed') }
    },
    (reason) =>
      warned(
        `no WebSocket passes: ${reason}`,
        'Only needed where the tunnel’s own TLS does not pass; have the proxy or firewall let WebSockets to the edge through.',
      ),
  )
}
