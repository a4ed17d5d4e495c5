import { lookup } from 'node:dns'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext } from 'node:tls'
import { Fault } from '../base/fault.ts'
import type { Origin } from '../http/origin.ts'
import { type AllowList, decideDestination } from './allow-list.ts'
import { connectFault } from './backend-failure.ts'

/** Name look-up, TCP and TLS together: long enough for a lost SYN to be sent three times, short enough to wait for. */
const defaultConnectTimeoutMs = 10_000

/** Below the 60–240 s after which NAT boxes and firewalls forget an idle flow. */
const tcpKeepAliveMs = 30_000

export interface BackendSocketOptions {
  readonly verifyCertificate: boolean
  /** With the private authorities; undefined for the public ones alone. [F6] */
  readonly secureContext?: SecureContext | undefined
  readonly allow?: AllowList | undefined
  readonly connectTimeoutMs?: number | undefined
}

/** What the kernel gives for one read at most, and how large a TLS record is at most, four times over. */
const readBytes = 65_536

/** All sockets read into this; whoever is told of bytes in it takes them away before it returns. */
export const readBuffer: Buffer = Buffer.allocUnsafeSlow(readBytes)

/** Who is told of bytes in `readBuffer`. */
export interface SocketReader {
  /** False: read no more until the socket's `resume`. */
  receive(length: number): boolean
}

/** Where the bytes of a socket go; nothing may be sent before there is a reader. */
export interface Intake {
  reader: SocketReader | undefined
}

/** Where sockets go to. */
export interface Destination extends BackendSocketOptions {
  readonly origin: Origin
}

type Opened = (...outcome: [fault: null, socket: Socket] | [fault: Fault, socket: null]) => void

/**
 * Opens a socket to the destination, TLS with one of `protocols` included, and gives it to `done`; or a `Fault` with a
 * backend code or `destination-not-allowed`. The address is decided on after the look-up and that very address is
 * connected to, so a name that changes its mind (DNS rebinding) gains nothing. [F6] [K6]
 */
export function openBackendSocket(
  options: Destination,
  protocols: readonly string[],
  intake: Intake,
  done: Opened,
): void {
  const { origin } = options
  const host = origin.host.startsWith('[') ? origin.host.slice(1, -1) : origin.host
  const { port } = origin
  if (isIP(host) !== 0) {
    const verdict = decideDestination(options.allow, { host, port, address: host })
    if (!verdict.allowed) {
      const message = `${host} port ${port} refused: ${verdict.because.code}`
      process.nextTick(done, new Fault('destination-not-allowed', message), null)
      return
    }
  }
  const place = {
    host,
    port,
    lookup: guardedLookup(port, options.allow),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: tcpKeepAliveMs,
    onread: {
      buffer: readBuffer,
      callback: (length: number) => intake.reader?.receive(length) ?? true,
    },
  }
  if (origin.scheme === 'http') awaitOpen(connectTcp(place), 'connect', options, done)
  else
    awaitOpen(
      connectTls({ ...place, ...tlsOptions(host, protocols, options) }),
      'secureConnect',
      options,
      done,
    )
}

// The certificate must be the internal host's, whatever Host the request carries. No session is resumed: a resumed
// one skips the check of the certificate, and a handshake is paid only once for each kept-alive connection.
function tlsOptions(host: string, protocols: readonly string[], options: BackendSocketOptions) {
  return {
    ALPNProtocols: [...protocols],
    rejectUnauthorized: options.verifyCertificate,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(options.secureContext ? { secureContext: options.secureContext } : {}),
  }
}

function awaitOpen(
  socket: Socket,
  opened: 'connect' | 'secureConnect',
  options: BackendSocketOptions,
  done: Opened,
): void {
  const limitMs = options.connectTimeoutMs ?? defaultConnectTimeoutMs
  const timer = setTimeout(() => {
    socket.destroy(new Fault('backend-unreachable', `no connection within ${limitMs} ms`))
  }, limitMs)
  const fail = (cause: Error): void => {
    clearTimeout(timer)
    socket.off('close', closed)
    done(connectFault(cause, socket), null)
  }
  const closed = (): void => fail(new Fault('backend-reset', 'closed while connecting'))
  socket.once('error', fail)
  socket.once('close', closed)
  socket.once(opened, () => {
    clearTimeout(timer)
    socket.off('error', fail)
    socket.off('close', closed)
    done(null, socket)
  })
}

function guardedLookup(port: number, allow: AllowList | undefined): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '')
      const allowed = addresses.filter(
        ({ address }) => decideDestination(allow, { host: hostname, port, address }).allowed,
      )
      const first = allowed[0]
      if (!first) {
        const found = addresses.map(({ address }) => address).join(', ')
        const message = `${hostname} port ${port} (${found}) refused`
        return callback(new Fault('destination-not-allowed', message), '')
      }
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}
