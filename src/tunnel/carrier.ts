import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Issue, Parsed } from '../base/check.ts'

/** Where an edge listens. */
export interface EdgeAddress {
  readonly host: string
  readonly port: number
}

/** One way to open the byte stream that the tunnel's TLS runs on. */
export interface Carrier {
  readonly name: 'direct' | 'websocket'
  /** Rejects with an `Error` whose message says what is wrong, and with the signal's reason. */
  open(address: EdgeAddress, signal: AbortSignal): Promise<Duplex>
}

/** The ways from this machine to edges. */
export interface WayOut {
  /** The most promising first; at least one. */
  carriers(address: EdgeAddress): readonly Carrier[]
  /** This one brought a tunnel. */
  worked(address: EdgeAddress, carrier: Carrier): void
}

const httpsPort = 443

/** Below the 60–240 s after which NAT boxes and firewalls forget an idle flow, should the heartbeat be late. */
const tcpKeepAliveMs = 30_000

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

/** The address as a URL or a Host field has it. */
export function formatAddress({ host, port }: EdgeAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** TCP, the carrier of networks with a direct way out. */
export const direct: Carrier = { name: 'direct', open: openTcp }

/** A TCP connection. Rejects with the system's error, and with the signal's reason. */
export function openTcp({ host, port }: EdgeAddress, signal: AbortSignal): Promise<Duplex> {
  const socket = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: tcpKeepAliveMs,
  })
  return untilOpen(socket, 'connect', signal)
}

/** Resolves to the stream at its event; destroys it and rejects when it fails or the signal comes first. */
export function untilOpen<Stream extends Duplex>(
  stream: Stream,
  event: string,
  signal: AbortSignal,
): Promise<Stream> {
  return new Promise((resolve, reject) => {
    function settle(): void {
      signal.removeEventListener('abort', abort)
      stream.off(event, done).off('error', fail).off('close', closed)
    }
    function fail(error: Error): void {
      settle()
      // Whatever comes later is of no interest, but must find a listener.
      stream.on('error', () => {})
      stream.destroy()
      reject(error)
    }
    function done(): void {
      settle()
      resolve(stream)
    }
    const closed = (): void => fail(new Error('the connection was closed'))
    const abort = (): void => fail(signal.reason)
    stream.on(event, done).on('error', fail).on('close', closed)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
}
