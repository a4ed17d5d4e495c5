import type { Contest, Measured } from './against-nginx.ts'
import type { Round } from './load.ts'

/** The middle one; of an even number the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

/** Medians over the rounds, as a table for people. */
export function printable(measured: Readonly<Record<Contest, Measured>>): string {
  const rows = Object.values(measured).map(({ target, rounds }) => [
    target.name,
    Math.round(median(rounds.map((round) => round.requestsPerSecond))).toString(),
    Math.round(1e6 / front(rounds)).toString(),
    `${median(rounds.map((round) => round.p99Ms)).toFixed(1)} ms`,
    Object.keys(target.processes)
      .map((name) => `${name} ${cost(rounds, name).toFixed(1)} µs`)
      .join(', '),
  ])
  const head = ['', 'requests/s', 'per core', 'p99', 'CPU time per request']
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i % 4 === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return [head, ...rows].map(line).join('\n')
}

/** How far ahead of nginx Sallyport is: above 1 it is ahead. By CPU time unless the name says otherwise. */
export function ratios(
  measured: Readonly<Record<Contest, Measured>>,
): Readonly<Record<string, number>> {
  const cpu = (rival: Contest, own: Contest) => roundByRound(measured, rival, own, frontCost)
  const perSecond = ({ requestsPerSecond }: Round) => requestsPerSecond
  return {
    'get-vs-nginx': cpu('nginx', 'sallyport'),
    'get-vs-nginx-rps': roundByRound(measured, 'sallyport', 'nginx', perSecond),
    'get-vs-nginx-without-tls': cpu('nginxPlain', 'sallyport'),
    'preflight-vs-nginx-204': cpu('nginx204', 'preflight'),
  }
}

// The median of the rounds' own ratios: what slows the machine down for a while slows both sides of a round.
function roundByRound(
  measured: Readonly<Record<Contest, Measured>>,
  above: Contest,
  below: Contest,
  of: (round: Round) => number,
): number {
  const quotients = measured[above].rounds.map((round, i) => {
    return of(round) / of(measured[below].rounds[i] as Round)
  })
  return Math.round(median(quotients) * 100) / 100
}

/** CPU time of the process that clients talk to. */
function frontCost({ cpuUsPerRequest }: Round): number {
  return Object.values(cpuUsPerRequest)[0] as number
}

function front(rounds: readonly Round[]): number {
  return median(rounds.map(frontCost))
}

function cost(rounds: readonly Round[], name: string): number {
  return median(rounds.map((round) => round.cpuUsPerRequest[name] as number))
}
