import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { z } from 'zod'
import { type Frame, frameHeaderBytes, frameType, Violation } from './frame.ts'
import { handshakeBytesMax, workersMax } from './limits.ts'

/** Why the edge turns a connector away, or either end closes a link (spec.md §Refusals). */
export const refusalCodes = [
  'unknown-connector',
  'bad-signature',
  'version',
  'unknown-token',
  'used-token',
  'expired-token',
  'revoked',
  'too-many-links',
  'overloaded',
  'unavailable',
  'protocol-error',
  'flow-control',
] as const

export type RefusalCode = (typeof refusalCodes)[number]

/** What a REFUSED frame says. */
export interface Refusal {
  readonly code: RefusalCode
  readonly message: string
}

// A certificate authority's name for this use, as RFC 8446 §7.5 and RFC 5705 §4 want it.
const exporterLabel = 'EXPORTER-sallyport-tunnel'
const bindingBytes = 32

const printable = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // Nor what turns the direction of the text around it, or cannot be seen: people compare these.
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u)
const base64url = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[0-9A-Za-z_-]+$/)
const count = z.int().min(1).max(0x7fff_ffff)

const helloShape = z.object({
  versionMin: count,
  versionMax: count,
  /** Streams the connector accepts on this link. */
  streams: count,
  /** Credit the connector grants a new stream. */
  creditBytes: count,
  machineName: printable(255),
  softwareVersion: printable(64),
  /** By the connector's key, over `proofOf(connectorId, binding)`; base64url. */
  signature: base64url(128),
  /** Empty while enrolling. */
  connectorId: z.string().max(128),
  enrolment: z.object({ secret: printable(256), publicKey: base64url(64) }).optional(),
})

/** Who answered: one edge is one or several processes behind one port, and a link is held by one of them. */
const placeShape = z
  .object({ edgeId: printable(128), worker: z.int().min(0), workers: count.max(workersMax) })
  .refine(({ worker, workers }) => worker < workers)

const welcomeShape = z.object({
  version: count,
  creditBytes: count,
  place: placeShape.optional(),
  /** Only in answer to an enrolment. */
  enrolled: z
    .object({ connectorId: printable(128), caPem: z.string().max(handshakeBytesMax) })
    .optional(),
})

const refusalShape = z.object({
  code: z.enum(refusalCodes),
  message: z.string().transform((text) => text.slice(0, 512).replace(/\p{Cc}/gu, ' ')),
})

export type Hello = z.infer<typeof helloShape>
export type Welcome = z.infer<typeof welcomeShape>
/** The edge's process at the other end of a link: `worker` of 0 … `workers` − 1. */
export type EdgePlace = Readonly<z.infer<typeof placeShape>>

/** A HELLO. Throws `Violation` when it is none. */
export function readHello(frame: Frame): Hello {
  if (frame.type !== frameType.hello) throw new Violation('protocol-error', 'no hello')
  return parse(helloShape, frame.payload)
}

/** A WELCOME. Throws `Violation` when it is none. */
export function readWelcome(frame: Frame): Welcome {
  if (frame.type !== frameType.welcome) throw new Violation('protocol-error', 'no welcome')
  return parse(welcomeShape, frame.payload)
}

/** A REFUSED; one that cannot be read is a protocol error like any other. */
export function readRefusal(payload: Buffer): Refusal {
  const parsed = refusalShape.safeParse(parseJson(payload))
  if (parsed.success) return parsed.data
  return { code: 'protocol-error', message: 'the other end refused, unreadably' }
}

export function writeRefusal({ code, message }: Refusal): Buffer {
  return Buffer.from(JSON.stringify({ code, message }))
}

/** One handshake frame with its header, to be written as it is. */
export function handshakeFrame(type: number, content: Hello | Welcome | Refusal): Buffer {
  const payload = Buffer.from(JSON.stringify(content))
  const header = Buffer.alloc(frameHeaderBytes)
  header.writeUIntBE(payload.length, 0, 3)
  header[3] = type
  return Buffer.concat([header, payload])
}

/**
 * The one frame that the other end sends first; what stands behind it stays in the socket. Rejects with `Violation`
 * when it is too long or too late, with `Error` when the connection ends before.
 */
export function receiveHandshakeFrame(socket: Duplex, timeoutMs: number): Promise<Frame> {
  return new Promise((resolve, reject) => {
    let header: Buffer | null = null
    const timer = setTimeout(() => {
      fail(new Violation('protocol-error', `no handshake within ${timeoutMs} ms`))
    }, timeoutMs)
    function settle(): void {
      clearTimeout(timer)
      socket.off('readable', step).off('error', fail).off('end', gone).off('close', gone)
    }
    function fail(error: Error): void {
      settle()
      reject(error)
    }
    function gone(): void {
      fail(new Error('the connection ended during the handshake'))
    }
    function step(): void {
      header ??= socket.read(frameHeaderBytes)
      if (header === null || header.length < frameHeaderBytes) return
      const length = header.readUIntBE(0, 3)
      if (length > handshakeBytesMax || length === 0) {
        fail(new Violation('protocol-error', `a handshake of ${length} bytes`))
        return
      }
      const payload: Buffer | null = socket.read(length)
      if (payload === null || payload.length < length) return
      settle()
      resolve({ type: header[3] as number, payload })
    }
    socket.on('readable', step).on('error', fail).on('end', gone).on('close', gone)
    if (socket.destroyed || socket.readableEnded) gone()
  })
}

/**
 * 32 bytes that only the two ends of this very TLS session know (RFC 8446 §7.5): what is signed over them is of no use
 * in another session. Throws `Violation` below TLS 1.3, whose exporter binds nothing without extended master secret.
 */
export function channelBinding(socket: TLSSocket): Buffer {
  if (socket.getProtocol() !== 'TLSv1.3') throw new Violation('protocol-error', 'not TLS 1.3')
  return socket.exportKeyingMaterial(bindingBytes, exporterLabel, Buffer.alloc(0))
}

/** The connector's proof of who it is, for this session only; base64url. */
export function signProof(privateKey: KeyObject, connectorId: string, binding: Buffer): string {
  return sign(null, proofOf(connectorId, binding), privateKey).toString('base64url')
}

/** Whether the signature is by the owner of `publicKey` (raw Ed25519, base64url) for this session. Never throws. */
export function verifyProof(publicKey: string, hello: Hello, binding: Buffer): boolean {
  try {
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: publicKey },
      format: 'jwk',
    })
    const signature = Buffer.from(hello.signature, 'base64url')
    return verify(null, proofOf(hello.connectorId, binding), key, signature)
  } catch {
    // A key or a signature of the wrong form proves nothing.
    return false
  }
}

function proofOf(connectorId: string, binding: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`sallyport-tunnel/1 connector\n${connectorId}\n`), binding])
}

function parse<Shape extends z.ZodType>(shape: Shape, payload: Buffer): z.infer<Shape> {
  const parsed = shape.safeParse(parseJson(payload))
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')
  throw new Violation('protocol-error', `a malformed handshake: ${where || 'no JSON object'}`)
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'))
  } catch {
    // Not JSON: no shape accepts undefined.
    return undefined
  }
}
