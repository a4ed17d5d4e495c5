import { type ResetCode, resetCodes } from './exchange.ts'
import { framePayloadBytesMax } from './limits.ts'

/** Origins that one connector is asked to probe: 1,000 every 30 s are 33 connections a second. */
export const probeTargetsMax = 1_000

/** An origin of an application, and whether any of its applications goes without a check of its certificate. */
export interface ProbeTarget {
  /** Scheme, host and port, as in requests. */
  readonly origin: string
  readonly verifyCertificate: boolean
}

/** Whether a connector reaches an origin, as it said last. [K4] */
export interface OriginHealth {
  readonly origin: string
  /** Why not, in the words of a reset. */
  readonly code: 'ok' | ResetCode
  readonly tookMs: number
}

const targetPattern = /^([01]) (https?:\/\/[0-9A-Za-z._~[\]:-]{1,261})$/
const healthPattern = /^([a-z-]{2,32}) ([0-9]{1,9}) (https?:\/\/[0-9A-Za-z._~[\]:-]{1,261})$/

/** The payload of TARGETS (spec.md §Health): as many as fit, which is all of them but for a thousand very long names. */
export function writeTargets(targets: readonly ProbeTarget[]): Buffer {
  const lines = targets.map(
    ({ origin, verifyCertificate }) => `${verifyCertificate ? 1 : 0} ${origin}`,
  )
  return Buffer.from(firstFrame(lines.slice(0, probeTargetsMax)), 'latin1')
}

/** The targets in a payload, or undefined when anything about it is not as it should be. */
export function readTargets(payload: Buffer): readonly ProbeTarget[] | undefined {
  return readLines(payload, targetPattern, ([, verify, origin = '']) => ({
    origin,
    verifyCertificate: verify === '1',
  }))
}

/** The payload of HEALTH. At most `probeTargetsMax`. */
export function writeHealth(health: readonly OriginHealth[]): Buffer {
  const lines = health.map(({ code, tookMs, origin }) => `${code} ${Math.round(tookMs)} ${origin}`)
  return Buffer.from(firstFrame(lines), 'latin1')
}

/** What a connector says, or undefined when anything about it is not as it should be. */
export function readHealth(payload: Buffer): readonly OriginHealth[] | undefined {
  return readLines(payload, healthPattern, ([, code = '', tookMs, origin = '']) => ({
    origin,
    code: code === 'ok' || isResetCode(code) ? code : 'internal',
    tookMs: Number(tookMs),
  }))
}

function isResetCode(text: string): text is ResetCode {
  return Object.hasOwn(resetCodes, text)
}

function firstFrame(lines: readonly string[]): string {
  const text = lines.join('\n')
  if (text.length <= framePayloadBytesMax) return text
  return text.slice(0, text.lastIndexOf('\n', framePayloadBytesMax))
}

function readLines<Item>(
  payload: Buffer,
  pattern: RegExp,
  read: (match: RegExpExecArray) => Item,
): readonly Item[] | undefined {
  if (payload.length === 0) return []
  const items: Item[] = []
  for (const line of payload.toString('latin1').split('\n', probeTargetsMax + 1)) {
    const match = pattern.exec(line)
    if (!match || items.length === probeTargetsMax) return undefined
    items.push(read(match))
  }
  return items
}
