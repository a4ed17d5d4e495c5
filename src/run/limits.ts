import { readFile } from 'node:fs/promises'
import { failed, type Issue, type Parsed } from '../base/check.ts'
import { Fault } from '../base/fault.ts'
import { type Http1Limits, http1Limits } from '../edge/limits.ts'
import { type ListenerLimits, listenerLimits } from '../edge/listener-limits.ts'
import { type GraphLimits, graphLimits } from '../graph/throttle.ts'
import { targetMaxBytes } from '../http/target.ts'
import { type MessageLimits, messageLimits } from '../http1/limits.ts'
import { type Http2Limits, http2Limits } from '../http2/limits.ts'
import { defaultLimits, type TunnelLimits } from '../tunnel/limits.ts'

/** Everything about which an operator may be of another opinion (docs/limits.md). */
export interface EdgeLimits {
  readonly listener: ListenerLimits
  readonly message: MessageLimits
  readonly http1: Http1Limits
  readonly http2: Http2Limits
  readonly tunnel: TunnelLimits
  readonly graph: GraphLimits
}

/** What holds when nobody says otherwise; the strict values. */
export const edgeLimits: EdgeLimits = {
  listener: listenerLimits,
  message: messageLimits,
  http1: http1Limits,
  http2: http2Limits,
  tunnel: defaultLimits,
  graph: graphLimits,
}

// Timers take 31 bits of milliseconds; no limit here means anything beyond 2 GiB either.
const valueMax = 2 ** 31 - 1
// A head has to fit into one frame of the tunnel, with what the edge adds (tunnel/limits.ts).
const headBytesMost = 80 * 1024

/** The defaults with what this JSON says, `{"http1":{"headSeconds":5}}`, or everything that is wrong with it. */
export function parseLimits(text: string): Parsed<EdgeLimits> {
  let written: unknown
  try {
    written = JSON.parse(text)
  } catch (error) {
    return { issues: [issue('', 'json', `is not JSON: ${(error as Error).message}`)] }
  }
  if (!isObject(written)) return { issues: [issue('', 'object', 'must be an object of groups')] }
  const issues: Issue[] = []
  for (const [group, values] of Object.entries(written)) {
    issues.push(...groupIssues(group, values))
  }
  if (issues.length > 0) return { issues }
  const said = written as { [Group in keyof EdgeLimits]?: object }
  const limits: EdgeLimits = {
    listener: { ...listenerLimits, ...said.listener },
    message: { ...messageLimits, ...said.message },
    http1: { ...http1Limits, ...said.http1 },
    http2: { ...http2Limits, ...said.http2 },
    tunnel: { ...defaultLimits, ...said.tunnel },
    graph: { ...graphLimits, ...said.graph },
  }
  const contradictions = contradictionsIn(limits)
  return contradictions.length > 0 ? { issues: contradictions } : { value: limits }
}

/** The limits in a file. Rejects with everything that is wrong with it, in sentences. */
export async function readLimits(path: string): Promise<EdgeLimits> {
  const parsed = parseLimits(await readFile(path, 'utf8'))
  if (!failed(parsed)) return parsed.value
  const lines = parsed.issues.map((each) => `  ${each.path} ${each.message}`)
  throw new Fault('invalid', `${path} cannot be used:\n${lines.join('\n')}`)
}

function groupIssues(group: string, values: unknown): Issue[] {
  if (!Object.hasOwn(edgeLimits, group)) {
    return [issue(group, 'unknown', `is no group; there are ${Object.keys(edgeLimits).join(', ')}`)]
  }
  if (!isObject(values)) return [issue(group, 'object', 'must be an object of limits')]
  const known = edgeLimits[group as keyof EdgeLimits]
  return Object.entries(values).flatMap(([name, value]) => {
    const path = `${group}/${name}`
    if (!Object.hasOwn(known, name)) {
      return [issue(path, 'unknown', `is no limit; there are ${Object.keys(known).join(', ')}`)]
    }
    if (Number.isInteger(value) && (value as number) > 0 && (value as number) <= valueMax) return []
    return [issue(path, 'number', `must be a whole number from 1 to ${valueMax}`)]
  })
}

function contradictionsIn({ message, tunnel }: EdgeLimits): Issue[] {
  const issues: Issue[] = []
  if (message.headBytes > headBytesMost) {
    issues.push(issue('message/headBytes', 'range', `must be at most ${headBytesMost}`))
  }
  if (message.targetBytes > targetMaxBytes) {
    issues.push(issue('message/targetBytes', 'range', `must be at most ${targetMaxBytes}`))
  }
  if (tunnel.silenceMs <= tunnel.heartbeatMs) {
    issues.push(issue('tunnel/silenceMs', 'order', 'must be longer than heartbeatMs'))
  }
  if (tunnel.initialCreditBytes > tunnel.creditBytesMax) {
    issues.push(issue('tunnel/initialCreditBytes', 'order', 'must not be above creditBytesMax'))
  }
  return issues
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function issue(path: string, code: string, message: string): Issue {
  return { path, code, message }
}
