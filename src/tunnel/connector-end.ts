import type { KeyObject } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { Fault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import { ConnectorLink } from './connector-link.ts'
import { type DialOptions, dialEdge } from './dial.ts'
import type { Serve } from './exchange.ts'
import { frameType } from './frame.ts'
import {
  channelBinding,
  type Hello,
  handshakeFrame,
  type RefusalCode,
  readRefusal,
  readWelcome,
  receiveHandshakeFrame,
  signProof,
  type Welcome,
} from './handshake.ts'
import { defaultLimits, type TunnelLimits, versionMax, versionMin } from './limits.ts'

/** The edge turned this connector away; `refusal` says why. */
export class EdgeRefusal extends Fault {
  readonly refusal: RefusalCode

  constructor(edge: string, refusal: RefusalCode, message: string) {
    super('edge-refused', `${edge} refused: ${message}`)
    this.name = 'EdgeRefusal'
    this.refusal = refusal
  }
}

/** What a connector tells an edge about itself. */
export interface ConnectorProfile {
  readonly machineName: string
  readonly version: string
  /** The connector's own Ed25519 key; it signs, and never leaves. */
  readonly privateKey: KeyObject
}

export interface ConnectOptions extends DialOptions, ConnectorProfile {
  readonly connectorId: string
  readonly serve: Serve
  readonly log: Log
  readonly limits?: Partial<TunnelLimits>
}

export interface EnrolmentRequest extends DialOptions, ConnectorProfile {
  readonly secret: string
  /** Raw Ed25519 key as base64url. */
  readonly publicKey: string
}

/**
 * Dials an edge, proves who this is, and serves what the edge asks until the link is over. Throws what `dialEdge`
 * throws, and `EdgeRefusal`.
 */
export async function connectLink(options: ConnectOptions): Promise<ConnectorLink> {
  const limits = { ...defaultLimits, ...options.limits }
  const { socket, welcome } = await shakeHands(options, limits, {
    connectorId: options.connectorId,
  })
  const terms = { limits, peerCreditBytes: welcome.creditBytes, log: options.log }
  const place = welcome.place ?? { edgeId: options.edge, worker: 0, workers: 1 }
  return new ConnectorLink(socket, terms, place, options.serve)
}

/**
 * Trades a one-time secret for a connector id. Throws what `dialEdge` throws, and `EdgeRefusal` with `unknown-token`,
 * `used-token` or `expired-token`.
 */
export async function requestEnrolment(
  options: EnrolmentRequest,
): Promise<{ readonly connectorId: string; readonly caPem: string }> {
  const { secret, publicKey } = options
  const { socket, welcome } = await shakeHands(options, defaultLimits, {
    connectorId: '',
    enrolment: { secret, publicKey },
  })
  socket.on('error', () => {})
  socket.destroy()
  if (welcome.enrolled) return welcome.enrolled
  throw new Fault(
    'edge-refused',
    `${options.edge} did not say under which name this connector is kept`,
  )
}

async function shakeHands(
  options: DialOptions & ConnectorProfile,
  limits: TunnelLimits,
  claim: Pick<Hello, 'connectorId' | 'enrolment'>,
): Promise<{ readonly socket: TLSSocket; readonly welcome: Welcome }> {
  const socket = await dialEdge({ timeoutMs: limits.handshakeMs, ...options })
  // Whoever is told to end from here on hears the edge out: it may have sent requests behind its welcome. [K5]
  try {
    const hello: Hello = {
      ...claim,
      versionMin,
      versionMax,
      streams: limits.streamsPerLink,
      creditBytes: limits.initialCreditBytes,
      machineName: options.machineName,
      softwareVersion: options.version,
      signature: signProof(options.privateKey, claim.connectorId, channelBinding(socket)),
    }
    socket.write(handshakeFrame(frameType.hello, hello))
    return { socket, welcome: await receiveWelcome(socket, options.edge, limits) }
  } catch (thrown) {
    socket.on('error', () => {})
    socket.destroy()
    if (thrown instanceof Fault) throw thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    const message = `${options.edge} did not finish the handshake: ${reason}`
    throw new Fault('edge-unreachable', message, { cause: thrown })
  }
}

async function receiveWelcome(
  socket: TLSSocket,
  edge: string,
  limits: TunnelLimits,
): Promise<Welcome> {
  const frame = await receiveHandshakeFrame(socket, limits.handshakeMs)
  if (frame.type === frameType.refused) {
    const { code, message } = readRefusal(frame.payload)
    throw new EdgeRefusal(edge, code, message)
  }
  const welcome = readWelcome(frame)
  if (welcome.version >= versionMin && welcome.version <= versionMax) return welcome
  throw new EdgeRefusal(
    edge,
    'version',
    `it wants version ${welcome.version} of the tunnel protocol`,
  )
}
