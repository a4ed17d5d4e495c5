import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { asFault, Fault } from '../base/fault.ts'
import {
  type Carrier,
  direct,
  type EdgeAddress,
  parseEdgeAddress,
  untilOpen,
  type WayOut,
} from './carrier.ts'
import { defaultLimits, tunnelAlpn } from './limits.ts'

export interface DialOptions {
  /** `host:port`, an IPv6 address in brackets. */
  readonly edge: string
  /** The authority that has to have issued the edge's certificate. */
  readonly caPem: string
  /** For TCP, proxy and TLS together, and once more for each further carrier. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** How to get out of this network; TCP if absent. */
  readonly wayOut?: WayOut
}

// Sent along by a chain longer than this is nothing an edge needs.
const chainMax = 8

/**
 * A TLS 1.3 connection that speaks the tunnel's protocol, to an edge that proved its name by the pinned authority.
 * Throws `edge-unreachable`, `foreign-edge` when the certificate is another one, `edge-refused` when no tunnel answers.
 */
export function dialEdge(options: DialOptions): Promise<TLSSocket> {
  return tryCarriers(options, async (address, carrier) => {
    const socket = await dial(options, address, carrier, { ca: options.caPem })
    if (socket.alpnProtocol === tunnelAlpn) return socket
    socket.destroy()
    throw new Fault('edge-refused', `${options.edge} is no edge: it does not speak ${tunnelAlpn}`)
  })
}

/**
 * The authority with this SHA-256 fingerprint (lower-case hex) from the chain that the edge shows, as PEM. Nothing is
 * sent and nothing is believed here: the caller dials again with the authority pinned, which checks everything else.
 * Throws `foreign-edge` when the chain has no such certificate, `edge-unreachable`.
 */
export function fetchAuthority(
  options: Omit<DialOptions, 'caPem'>,
  fingerprint: string,
): Promise<string> {
  return tryCarriers(options, async (address, carrier) => {
    const socket = await dial(options, address, carrier, { rejectUnauthorized: false })
    let certificate = socket.getPeerX509Certificate()
    socket.destroy()
    for (let i = 0; certificate && i < chainMax; i++) {
      if (fingerprintOf(certificate) === fingerprint) return certificate.toString()
      certificate = certificate.issuerCertificate
    }
    const message = `${options.edge} is not the edge that this token was made by, or something on the way reads along`
    throw new Fault('foreign-edge', message)
  })
}

/** SHA-256 of a certificate's DER as lower-case hex, from the certificate or its PEM. */
export function fingerprintOf(certificate: X509Certificate | string): string {
  const parsed = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate
  return parsed.fingerprint256.replaceAll(':', '').toLowerCase()
}

/** What could not even be reached; no other carrier changes that. */
class Unreached extends Error {}

/** One carrier after the other until one brings what is wanted. Throws the fault of them all. */
async function tryCarriers<Wanted>(
  { edge, wayOut, signal }: Omit<DialOptions, 'caPem'>,
  attempt: (address: EdgeAddress, carrier: Carrier) => Promise<Wanted>,
): Promise<Wanted> {
  const parsed = parseEdgeAddress(edge)
  if ('issues' in parsed) throw new Fault('invalid', parsed.issues[0]?.message ?? 'no edge address')
  const address = parsed.value
  let failed: Fault | undefined
  for (const carrier of wayOut?.carriers(address) ?? [direct]) {
    signal?.throwIfAborted()
    try {
      const wanted = await attempt(address, carrier)
      wayOut?.worked(address, carrier)
      return wanted
    } catch (thrown) {
      const fault = asFault(thrown)
      if (carrier.name === 'direct' && fault.cause instanceof Unreached) throw fault
      failed = failed ? joinFaults(failed, fault, carrier) : fault
    }
  }
  throw failed ?? new Fault('internal', 'there is no way out')
}

/** What went wrong the direct way says more than what went wrong on a detour, so it gives the code. */
function joinFaults(first: Fault, second: Fault, carrier: Carrier): Fault {
  const [main, other] = carrier.name === 'direct' ? [second, first] : [first, second]
  return new Fault(main.code, `${main.message}; ${other.message}`, { cause: main })
}

async function dial(
  { edge, timeoutMs = defaultLimits.handshakeMs, signal }: Omit<DialOptions, 'caPem'>,
  address: EdgeAddress,
  carrier: Carrier,
  trust: Pick<ConnectionOptions, 'ca' | 'rejectUnauthorized'>,
): Promise<TLSSocket> {
  const limit = new AbortController()
  const giveUp = (): void => limit.abort(new Error('given up'))
  signal?.addEventListener('abort', giveUp)
  const timer = setTimeout(() => {
    limit.abort(new Error(`no answer within ${timeoutMs} ms`))
  }, timeoutMs)
  try {
    return await secure(await reach(carrier, address, limit.signal), address, trust, limit.signal)
  } catch (thrown) {
    const by = carrier.name === 'websocket' ? `${edge} by WebSocket` : edge
    throw faultOf(thrown instanceof Error ? thrown : new Error(String(thrown)), by)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
  }
}

async function reach(carrier: Carrier, address: EdgeAddress, signal: AbortSignal): Promise<Duplex> {
  try {
    return await carrier.open(address, signal)
  } catch (cause) {
    throw new Unreached(reasonOf(cause), { cause })
  }
}

function secure(
  carrier: Duplex,
  { host }: EdgeAddress,
  trust: Pick<ConnectionOptions, 'ca' | 'rejectUnauthorized'>,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const socket = connect({
    ...trust,
    host,
    socket: carrier,
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: [tunnelAlpn],
    minVersion: 'TLSv1.3',
  })
  return untilOpen(socket, 'secureConnect', signal)
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
