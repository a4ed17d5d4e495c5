import { cpuSecondsOf } from '../cpu.ts'

/** Something that answers one kind of request, and the processes whose CPU time is its cost. */
export interface Target {
  readonly name: string
  readonly url: string
  readonly method: 'GET' | 'OPTIONS'
  readonly headers: Readonly<Record<string, string>>
  /** Length of every answer's body, to see that the answers are the ones that were meant. */
  readonly bodyBytes: number
  /** What they do → process group: those that stand where Sallyport has its edge … */
  readonly edgeSide: Readonly<Record<string, number>>
  /** … and those where it has its connector. */
  readonly inside: Readonly<Record<string, number>>
}

/** User and system time in seconds. */
export interface Cost {
  readonly byProcess: Readonly<Record<string, number>>
  readonly edgeSide: number
  readonly all: number
}

/** What one round of requests showed. */
export interface Round {
  readonly requestsPerSecond: number
  /** Undefined where the load's tool does not tell. */
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
  /** CPU time per request, in microseconds. */
  readonly cpuUs: Cost
}

/** What the target's processes spent while `work` ran, and what came of it. */
export async function costOf<Result>(
  { edgeSide, inside }: Pick<Target, 'edgeSide' | 'inside'>,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly cost: Cost }> {
  const groups = { ...edgeSide, ...inside }
  const before = mapValues(groups, cpuSecondsOf)
  const result = await work()
  const byProcess = mapValues(groups, (group, name) => cpuSecondsOf(group) - (before[name] ?? 0))
  const total = (side: object) =>
    Object.keys(side).reduce((sum, name) => sum + (byProcess[name] ?? 0), 0)
  return { result, cost: { byProcess, edgeSide: total(edgeSide), all: total(groups) } }
}

/** Seconds of all as microseconds for each of `count`. */
export function microsecondsEach(cost: Cost, count: number): Cost {
  const each = (seconds: number) => (seconds * 1e6) / count
  return {
    byProcess: mapValues(cost.byProcess, each),
    edgeSide: each(cost.edgeSide),
    all: each(cost.all),
  }
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  change: (value: In, name: string) => Out,
): Readonly<Record<string, Out>> {
  const entries = Object.entries(record).map(([name, value]) => [name, change(value, name)])
  return Object.fromEntries(entries) as Record<string, Out>
}
