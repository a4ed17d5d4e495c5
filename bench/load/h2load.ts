import { run } from '../commands.ts'
import { costOf, microsecondsEach, type Round, type Target } from './target.ts'

/** How hard h2load presses. */
export interface Streams {
  readonly clients: number
  /** Requests under way on each connection. */
  readonly streams: number
  readonly seconds: number
}

/** Loads the target over HTTP/2 with TLS. Rejects when a single answer was not the one that was meant. */
export async function loadByH2load(target: Target, pressure: Streams): Promise<Round> {
  const { result, cost } = await costOf(target, () => runH2load(target, pressure))
  check(target, result)
  return {
    requestsPerSecond: result.requests / pressure.seconds,
    p50Ms: undefined,
    p99Ms: undefined,
    cpuUs: microsecondsEach(cost, result.requests),
  }
}

interface Counts {
  readonly protocol: string
  readonly requests: number
  readonly good: number
  readonly failed: number
  readonly bodyBytes: number
}

function runH2load(target: Target, { clients, streams, seconds }: Streams): Promise<Counts> {
  const headers = Object.entries(target.headers).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ])
  const { port } = new URL(target.url)
  return run('client', [
    ...['h2load', `-c${clients}`, `-m${streams}`, `-D${seconds}`, ...headers],
    // Names under `localhost` are this machine, which the system's resolver may not know.
    ...[`--connect-to=127.0.0.1:${port}`, target.url],
  ]).then(readCounts)
}

/** The numbers in h2load's words. Throws when they are not there. */
export function readCounts(output: string): Counts {
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(output)?.[1]
    if (found === undefined) throw new Error(`h2load said nothing of use:\n${output}`)
    return Number(found)
  }
  return {
    protocol: /^Application protocol: (\S+)/m.exec(output)?.[1] ?? '',
    requests: number(/^requests: .* (\d+) succeeded/m),
    good: number(/^status codes: (\d+) 2xx/m),
    failed: number(/^requests: .* (\d+) failed/m),
    bodyBytes: number(/^traffic: .* \((\d+)\) data/m),
  }
}

function check(target: Target, counts: Counts): void {
  const { protocol, requests, good, failed, bodyBytes } = counts
  if (protocol !== 'h2') throw new Error(`${target.name}: spoke ${protocol} instead of HTTP/2`)
  if (requests === 0) throw new Error(`${target.name}: no request was answered`)
  // Answers that were under way when the time was over count among neither.
  if (failed > 0 || good < requests) {
    throw new Error(`${target.name}: ${failed} failed, ${requests - good} with another status`)
  }
  if (bodyBytes < requests * target.bodyBytes) throw new Error(`${target.name}: bodies are missing`)
}
