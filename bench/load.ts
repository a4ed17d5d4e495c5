import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cpuSecondsOf, onCore } from './cpu.ts'

/** Something that answers one kind of request; its cost is the CPU time of `processes`. */
export interface Target {
  readonly name: string
  readonly url: string
  readonly method: 'GET' | 'OPTIONS'
  readonly headers: Readonly<Record<string, string>>
  /** Length of every answer's body, to see that the answers are the ones that were meant. */
  readonly bodyBytes: number
  /** What the processes do → their ids. The first is the one that clients talk to. */
  readonly processes: Readonly<Record<string, number>>
}

/** What one round of load showed. */
export interface Round {
  readonly requestsPerSecond: number
  readonly p99Ms: number
  /** User and system time of each process, divided by the requests. */
  readonly cpuUsPerRequest: Readonly<Record<string, number>>
}

interface WrkCounts {
  readonly requests: number
  readonly bytes: number
  readonly durationUs: number
  readonly p99Us: number
  readonly refused: number
  readonly broken: number
}

// Enough to keep one core busy, and about what one office behind one edge has open at a time.
const connections = 64

const script = fileURLToPath(new URL('load.lua', import.meta.url))
const run = promisify(execFile)

/** Loads the target for so long. Rejects when a single answer was not the one that was meant. */
export async function loadFor(target: Target, seconds: number): Promise<Round> {
  const names = Object.keys(target.processes)
  const before = names.map((name) => cpuSecondsOf(target.processes[name] as number))
  const counts = await runWrk(target, seconds)
  const { requests } = counts
  check(target, counts)
  const cost = names.map((name, i) => {
    const spent = cpuSecondsOf(target.processes[name] as number) - (before[i] as number)
    return [name, (spent * 1e6) / requests] as const
  })
  return {
    requestsPerSecond: requests / (counts.durationUs / 1e6),
    p99Ms: counts.p99Us / 1000,
    cpuUsPerRequest: Object.fromEntries(cost),
  }
}

async function runWrk(target: Target, seconds: number): Promise<WrkCounts> {
  const headers = Object.entries(target.headers).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ])
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script]
  const [command, ...args] = onCore('client', [
    ...['wrk', ...options, ...headers, target.url, '--', target.method],
  ])
  const { stdout } = await run(command as string, args)
  const line = stdout.split('\n').find((each) => each.startsWith('{'))
  if (line === undefined) throw new Error(`wrk said nothing of use:\n${stdout}`)
  return JSON.parse(line) as WrkCounts
}

function check(target: Target, { requests, bytes, refused, broken }: WrkCounts): void {
  if (requests === 0) throw new Error(`${target.name}: no request was answered`)
  if (refused + broken > 0) {
    throw new Error(`${target.name}: ${refused} answers with another status, ${broken} broken`)
  }
  if (bytes < requests * target.bodyBytes) throw new Error(`${target.name}: bodies are missing`)
}
