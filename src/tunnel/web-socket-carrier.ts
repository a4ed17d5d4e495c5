import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import { createWebSocketStream, WebSocket } from 'ws'
import { Fault } from '../base/fault.ts'
import { type EdgeAddress, formatAddress, untilOpen } from './carrier.ts'

/** Where the edge's own host takes tunnels inside WebSockets; no application host has this path. */
export const webSocketPath = '/sallyport/tunnel'

/** One message is what TLS writes at once, 256 KiB at most; the rest is room for what boxes on the way join. */
const messageBytesMax: number = 1024 * 1024

/** The same at both ends. */
export const webSocketOptions = {
  // What is inside is encrypted: it cannot be compressed.
  perMessageDeflate: false,
  maxPayload: messageBytesMax,
} as const

/**
 * A byte stream to the edge in the binary messages of a WebSocket, on top of `carrier`. Rejects when there is no such
 * thing at the other end, and with the signal's reason.
 */
export async function openWebSocket(
  carrier: Duplex,
  address: EdgeAddress,
  signal: AbortSignal,
): Promise<Duplex> {
  const outer = await openOuterTls(carrier, address, signal)
  const url = `wss://${formatAddress(address)}${webSocketPath}`
  const socket = new WebSocket(url, { ...webSocketOptions, createConnection: () => outer })
  const giveUp = (): void => socket.terminate()
  signal.addEventListener('abort', giveUp)
  try {
    await opened(socket)
  } catch (thrown) {
    outer.destroy()
    throw signal.aborted ? signal.reason : thrown
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
  return createWebSocketStream(socket)
}

/**
 * TLS that only gets the WebSocket past what stands in between, which may well end it and make its own: nobody's
 * certificate is asked for, because the tunnel's own TLS runs inside and trusts nothing but the pinned authority.
 */
function openOuterTls(
  carrier: Duplex,
  { host }: EdgeAddress,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const outer = connect({
    host,
    socket: carrier,
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: false,
  })
  return untilOpen(outer, 'secureConnect', signal)
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve)
    // Stays, because a socket that fails later must find a listener.
    socket.on('error', reject)
    socket.once('unexpected-response', (request, response: IncomingMessage) => {
      request.destroy()
      reject(new Fault('edge-refused', `its WebSocket was answered ${response.statusCode}`))
    })
  })
}
