import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { Issue, Parsed } from '../base/check.ts'
import { Fault } from '../base/fault.ts'
import { defaultLimits, tunnelAlpn } from './limits.ts'

/** Where an edge listens. */
export interface EdgeAddress {
  readonly host: string
  readonly port: number
}

export interface DialOptions {
  /** `host:port`, an IPv6 address in brackets. */
  readonly edge: string
  /** The authority that has to have issued the edge's certificate. */
  readonly caPem: string
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Opens the byte stream that TLS runs on, for networks without a direct way out; TCP if absent. */
  readonly transport?: (address: EdgeAddress) => Promise<Duplex>
}

const httpsPort = 443

// Sent along by a chain longer than this is nothing an edge needs.
const chainMax = 8

/** `host:port` as an address, or what is wrong with it. Without a port it is 443. */
export function parseEdgeAddress(text: string): Parsed<EdgeAddress> {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9A-Za-z._-]+))(?::([0-9]{1,5}))?$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3] ?? httpsPort)
  if (host && port >= 1 && port <= 65_535) return { value: { host, port } }
  const issue: Issue = {
    path: '/edge',
    code: 'edge-address',
    message: `an edge is written host:port, not ${JSON.stringify(text.slice(0, 100))}`,
  }
  return { issues: [issue] }
}

/**
 * A TLS 1.3 connection that speaks the tunnel's protocol, to an edge that proved its name by the pinned authority.
 * Throws `edge-unreachable`, `foreign-edge` when the certificate is another one, `edge-refused` when no tunnel answers.
 */
export async function dialEdge(options: DialOptions): Promise<TLSSocket> {
  const socket = await dial(options, { ca: options.caPem })
  if (socket.alpnProtocol === tunnelAlpn) return socket
  socket.destroy()
  throw new Fault('edge-refused', `${options.edge} is no edge: it does not speak ${tunnelAlpn}`)
}

/**
 * The authority with this SHA-256 fingerprint (lower-case hex) from the chain that the edge shows, as PEM. Nothing is
 * sent and nothing is believed here: the caller dials again with the authority pinned, which checks everything else.
 * Throws `foreign-edge` when the chain has no such certificate, `edge-unreachable`.
 */
export async function fetchAuthority(
  options: Omit<DialOptions, 'caPem'>,
  fingerprint: string,
): Promise<string> {
  const socket = await dial(options, { rejectUnauthorized: false })
  let certificate = socket.getPeerX509Certificate()
  socket.destroy()
  for (let i = 0; certificate && i < chainMax; i++) {
    if (fingerprintOf(certificate) === fingerprint) return certificate.toString()
    certificate = certificate.issuerCertificate
  }
  throw new Fault('foreign-edge', `${options.edge} is not the edge that this token was made by`)
}

/** SHA-256 of a certificate's DER as lower-case hex, from the certificate or its PEM. */
export function fingerprintOf(certificate: X509Certificate | string): string {
  const parsed = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate
  return parsed.fingerprint256.replaceAll(':', '').toLowerCase()
}

async function dial(
  options: Omit<DialOptions, 'caPem'>,
  trust: Pick<ConnectionOptions, 'ca' | 'rejectUnauthorized'>,
): Promise<TLSSocket> {
  const { edge, signal, timeoutMs = defaultLimits.handshakeMs } = options
  const parsed = parseEdgeAddress(edge)
  if ('issues' in parsed) throw new Fault('invalid', parsed.issues[0]?.message ?? 'no edge address')
  const { host, port } = parsed.value
  signal?.throwIfAborted()
  const carrier = options.transport ? await reach(options.transport, parsed.value, edge) : undefined
  const socket = connect({
    ...trust,
    host,
    port,
    ...(carrier && { socket: carrier }),
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: [tunnelAlpn],
    minVersion: 'TLSv1.3',
  })
  socket.setNoDelay(true)
  return secured(socket, edge, timeoutMs, signal)
}

async function reach(
  transport: (address: EdgeAddress) => Promise<Duplex>,
  address: EdgeAddress,
  edge: string,
): Promise<Duplex> {
  try {
    return await transport(address)
  } catch (cause) {
    throw new Fault('edge-unreachable', `${edge} cannot be reached: ${reasonOf(cause)}`, { cause })
  }
}

function secured(
  socket: TLSSocket,
  edge: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    const abort = (): void => fail(new Error('given up'))
    function settle(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      socket.off('secureConnect', done).off('error', fail).off('close', closed)
    }
    function fail(error: Error): void {
      settle()
      // Whatever comes later is of no interest, but must find a listener.
      socket.on('error', () => {})
      socket.destroy()
      reject(faultOf(error, edge))
    }
    function closed(): void {
      fail(new Error('the connection was closed'))
    }
    function done(): void {
      settle()
      resolve(socket)
    }
    socket.on('secureConnect', done).on('error', fail).on('close', closed)
    signal?.addEventListener('abort', abort)
  })
}

/** OpenSSL's and Node's codes for a certificate that is not the right one, as against no connection at all. */
const certificateCode =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/

function faultOf(error: Error & { readonly code?: unknown }, edge: string): Fault {
  const code = String(error.code ?? '')
  if (certificateCode.test(code)) {
    const message = `${edge} shows a certificate that the pinned authority does not vouch for: ${error.message}`
    return new Fault('foreign-edge', message, { cause: error })
  }
  if (code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL') {
    return new Fault('edge-refused', `${edge} does not speak ${tunnelAlpn}`, { cause: error })
  }
  return new Fault('edge-unreachable', `${edge} cannot be reached: ${reasonOf(error)}`, {
    cause: error,
  })
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
