import type { Duplex } from 'node:stream'
import { Fault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import { frameType, Violation } from './frame.ts'
import type { GuessLimit } from './guess-limit.ts'
import {
  type EdgePlace,
  type Hello,
  handshakeFrame,
  type Refusal,
  readHello,
  receiveHandshakeFrame,
  verifyProof,
  type Welcome,
} from './handshake.ts'
import { type TunnelLimits, versionMax, versionMin } from './limits.ts'

/** What a connector says about itself, and where it comes from. */
export interface ConnectorFacts {
  readonly machineName: string
  readonly version: string
  readonly externalIp: string
}

/** What a connector that enrols says about itself: also its public key, a raw Ed25519 key as base64url. */
export interface EnrolmentFacts extends ConnectorFacts {
  readonly publicKey: string
}

/** What admission asks of the directory. Rejections are logged and become the refusal `unavailable`. */
export interface ConnectorRegistry {
  /** The connector's raw Ed25519 key as base64url, or undefined when there is no such connector. */
  publicKeyOf(connectorId: string): Promise<string | undefined>
  /** Trades a one-time secret for a registration. */
  enrol(secret: string, facts: EnrolmentFacts): Promise<EnrolmentVerdict>
  /** The authority that connectors pin. */
  readonly caPem: string
}

/** Outcome of an enrolment. */
export type EnrolmentVerdict =
  | { readonly connectorId: string }
  | { readonly refused: 'unknown-token' | 'used-token' | 'expired-token' }

/** A connector that proved who it is and was welcomed. */
export interface Admitted {
  readonly connectorId: string
  readonly hello: Hello
  readonly facts: ConnectorFacts
}

export interface AdmissionTerms {
  readonly binding: Buffer
  readonly externalIp: string
  readonly limits: TunnelLimits
  readonly registry: ConnectorRegistry
  readonly place: EdgePlace
  readonly guesses: GuessLimit
  readonly log: Log
}

type Verdict = { readonly welcome: Welcome } | { readonly refusal: Refusal }

const refused = (code: Refusal['code'], message: string): Verdict => ({
  refusal: { code, message },
})

const refusedTokens = {
  'unknown-token': 'this enrolment token is not known here',
  'used-token': 'this enrolment token was used before; ask for a new one',
  'expired-token': 'this enrolment token has expired; ask for a new one',
} as const

/**
 * The edge's half of the handshake. Resolves to the connector when the socket is ready to be a link, to undefined when
 * the connection is over: refused, or a connector that just enrolled and will dial again.
 */
export async function admit(socket: Duplex, terms: AdmissionTerms): Promise<Admitted | undefined> {
  const { log } = terms
  try {
    const hello = readHello(await receiveHandshakeFrame(socket, terms.limits.handshakeMs))
    const verdict = await judge(hello, terms)
    if (socket.destroyed) return undefined
    if ('refusal' in verdict) {
      const { machineName, connectorId } = hello
      const { externalIp } = terms
      log.warn({ ...verdict.refusal, connectorId, machineName, externalIp }, 'tunnel: refused')
      return farewell(socket, handshakeFrame(frameType.refused, verdict.refusal), terms)
    }
    const welcome = handshakeFrame(frameType.welcome, verdict.welcome)
    if (verdict.welcome.enrolled) return farewell(socket, welcome, terms)
    socket.write(welcome)
    return { connectorId: hello.connectorId, hello, facts: factsOf(hello, terms) }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : 'an unexpected error'
    log.warn({ externalIp: terms.externalIp, message }, 'tunnel: handshake failed')
    if (!(thrown instanceof Violation)) socket.destroy()
    else farewell(socket, handshakeFrame(frameType.refused, { code: thrown.code, message }), terms)
    return undefined
  }
}

async function judge(hello: Hello, terms: AdmissionTerms): Promise<Verdict> {
  if (hello.versionMin > versionMax || hello.versionMax < versionMin) {
    const ours = versionMin === versionMax ? `${versionMin}` : `${versionMin} to ${versionMax}`
    return refused('version', `this edge speaks version ${ours} of the tunnel protocol`)
  }
  try {
    return await (hello.enrolment
      ? judgeEnrolment(hello, hello.enrolment, terms)
      : judgeProof(hello, terms))
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'already-exists') {
      return refused('bad-signature', 'this key is registered already; each connector has its own')
    }
    terms.log.error({ error: thrown }, 'tunnel: the directory did not answer')
    return refused('unavailable', 'the edge cannot look this up at the moment')
  }
}

async function judgeProof(hello: Hello, terms: AdmissionTerms): Promise<Verdict> {
  const publicKey = await terms.registry.publicKeyOf(hello.connectorId)
  if (publicKey === undefined) {
    return refused('unknown-connector', 'this connector is not registered here')
  }
  if (!verifyProof(publicKey, hello, terms.binding)) {
    return refused('bad-signature', 'this is not the key the connector enrolled with')
  }
  return { welcome: welcomeTo(hello, terms) }
}

async function judgeEnrolment(
  hello: Hello,
  enrolment: { readonly secret: string; readonly publicKey: string },
  terms: AdmissionTerms,
): Promise<Verdict> {
  const { externalIp, guesses } = terms
  if (guesses.isReached(externalIp, performance.now())) {
    return refused('overloaded', 'too many wrong enrolment tokens from this address; wait a minute')
  }
  // Whoever enrols a key has to own it, or one machine could register the key of another.
  if (hello.connectorId !== '' || !verifyProof(enrolment.publicKey, hello, terms.binding)) {
    return refused('bad-signature', 'the key to enrol did not sign this session')
  }
  const facts = { ...factsOf(hello, terms), publicKey: enrolment.publicKey }
  const verdict = await terms.registry.enrol(enrolment.secret, facts)
  if ('refused' in verdict && verdict.refused === 'unknown-token') {
    guesses.note(externalIp, performance.now())
  }
  if ('refused' in verdict) return refused(verdict.refused, refusedTokens[verdict.refused])
  const enrolled = { connectorId: verdict.connectorId, caPem: terms.registry.caPem }
  return { welcome: { ...welcomeTo(hello, terms), enrolled } }
}

function welcomeTo(hello: Hello, terms: AdmissionTerms): Welcome {
  return {
    version: Math.min(hello.versionMax, versionMax),
    creditBytes: terms.limits.initialCreditBytes,
    place: terms.place,
  }
}

function factsOf(hello: Hello, terms: AdmissionTerms): ConnectorFacts {
  const { machineName, softwareVersion: version } = hello
  return { machineName, version, externalIp: terms.externalIp }
}

/** The last frame of a connection, which is then closed whatever the other end does. */
function farewell(socket: Duplex, frame: Buffer, terms: AdmissionTerms): undefined {
  socket.end(frame)
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), terms.limits.closeMs)
  socket.once('close', () => clearTimeout(timer))
}
