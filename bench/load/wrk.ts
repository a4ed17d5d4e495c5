import { fileURLToPath } from 'node:url'
import { run } from '../commands.ts'
import { costOf, microsecondsEach, type Round, type Target } from './target.ts'

/** How hard wrk presses. */
export interface Pressure {
  readonly connections: number
  readonly seconds: number
  /** Requests a second over all connections at random moments; as fast as it is answered when absent. */
  readonly rate?: number
}

interface Counts {
  readonly requests: number
  readonly bytes: number
  readonly durationUs: number
  readonly p50Us: number
  readonly p99Us: number
  readonly refused: number
  readonly broken: number
}

const script = fileURLToPath(new URL('wrk.lua', import.meta.url))

/** Loads the target over HTTP/1.1. Rejects when a single answer was not the one that was meant. */
export async function loadByWrk(target: Target, pressure: Pressure): Promise<Round> {
  const { result, cost } = await costOf(target, () => runWrk(target, pressure))
  check(target, result)
  return {
    requestsPerSecond: result.requests / (result.durationUs / 1e6),
    p50Ms: result.p50Us / 1000,
    p99Ms: result.p99Us / 1000,
    cpuUs: microsecondsEach(cost, result.requests),
  }
}

async function runWrk(target: Target, pressure: Pressure): Promise<Counts> {
  const { connections, seconds, rate } = pressure
  const headers = Object.entries(target.headers).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ])
  // The mean pause of one connection between two requests; 0 for none.
  const pauseMs = rate === undefined ? 0 : (connections * 1000) / rate
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script]
  const stdout = await run('client', [
    ...['wrk', ...options, ...headers, target.url, '--', target.method, String(pauseMs)],
  ])
  const line = stdout.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`wrk said nothing of use:\n${stdout}`)
  return JSON.parse(line) as Counts
}

function check(target: Target, { requests, bytes, refused, broken }: Counts): void {
  if (requests === 0) throw new Error(`${target.name}: no request was answered`)
  if (refused + broken > 0) {
    throw new Error(`${target.name}: ${refused} answers with another status, ${broken} broken`)
  }
  if (bytes < requests * target.bodyBytes) throw new Error(`${target.name}: bodies are missing`)
}
