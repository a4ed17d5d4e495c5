import type { Duplex } from 'node:stream'
import {
  type Carrier,
  type EdgeAddress,
  formatAddress,
  openTcp,
  type WayOut,
} from '../tunnel/carrier.ts'
import { openWebSocket } from '../tunnel/web-socket-carrier.ts'
import { type HttpProxy, isExempt, openThroughProxy } from './proxy.ts'

/** `auto` tries the tunnel's own TLS first and the WebSocket when that does not pass. */
export type Transport = 'auto' | 'direct' | 'websocket'

export interface WayOutOptions {
  readonly transport: Transport
  readonly proxy?: HttpProxy | undefined
  /** Addresses that are reached without the proxy, as in NO_PROXY. */
  readonly noProxy?: string | undefined
  /** Authorities (PEM) that may vouch for a proxy reached by https, instead of Node's. */
  readonly proxyCa?: readonly string[] | undefined
  /** Monotonic milliseconds; tests own it. */
  readonly now?: () => number
}

/** So long the WebSocket goes first once it was the one that passed; then the direct way gets another chance. */
const detourMs = 600_000

/** The ways out of this network, by proxy and by WebSocket as far as they are needed. [K2] */
export function createWayOut(options: WayOutOptions): WayOut {
  const now = options.now ?? (() => performance.now())
  const detours = new Map<string, number>()
  const direct: Carrier = {
    name: 'direct',
    open: (address, signal) => openBytes(options, address, signal),
  }
  const webSocket: Carrier = {
    name: 'websocket',
    open: async (address, signal) =>
      openWebSocket(await openBytes(options, address, signal), address, signal),
  }
  const isDetour = (address: EdgeAddress): boolean =>
    (detours.get(formatAddress(address)) ?? Number.NEGATIVE_INFINITY) > now()
  return {
    carriers(address) {
      if (options.transport === 'direct') return [direct]
      if (options.transport === 'websocket') return [webSocket]
      return isDetour(address) ? [webSocket, direct] : [direct, webSocket]
    },
    worked(address, { name }) {
      if (name === 'direct') detours.delete(formatAddress(address))
      else if (!isDetour(address)) detours.set(formatAddress(address), now() + detourMs)
    },
  }
}

/** TCP to the address, or a stream through the proxy. */
export function openBytes(
  { proxy, noProxy, proxyCa }: WayOutOptions,
  address: EdgeAddress,
  signal: AbortSignal,
): Promise<Duplex> {
  if (!proxy || (noProxy !== undefined && isExempt(noProxy, address)))
    return openTcp(address, signal)
  return openThroughProxy(proxy, address, proxyCa, signal)
}
