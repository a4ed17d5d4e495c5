import type { Round, Target } from '../load/target.ts'
import { loadByWrk } from '../load/wrk.ts'
import { type Outcome, rounded } from '../outcome.ts'
import { startLeastChain } from '../peers/least.ts'
import { startPlainNginx } from '../peers/plain.ts'
import { median, ratioOf, takeTurns } from '../race.ts'
import type { Stage } from '../stage.ts'
import { ownAnswerer, smallGet } from './small-requests.ts'

// 100 people who ask at random moments; a fiftieth of what one core can do, so that nobody queues for long.
const pressure = { connections: 100, rate: 500, seconds: 6 } as const
// What runs in V8 is compiled by then; at 500 a second that would take longer than all rounds.
const warmUp = { connections: 64, seconds: 3 } as const

/**
 * How long an answer takes at 500 requests a second, against nginx; both against the application itself, and beside a
 * chain of two processes of Node that does nothing else.
 */
export async function measureLatency(stage: Stage): Promise<Outcome> {
  const own = smallGet(await ownAnswerer(stage))
  const theirs = smallGet((await startPlainNginx(stage)).tls)
  const chain = smallGet(await startLeastChain(stage))
  const direct: Target = {
    ...theirs,
    name: 'the application itself',
    url: `http://127.0.0.1:${await stage.application}/`,
    edgeSide: {},
  }
  for (const target of [own, chain]) await loadByWrk(target, warmUp)
  const rounds = await takeTurns(
    {
      direct: () => loadByWrk(direct, pressure),
      sallyport: () => loadByWrk(own, pressure),
      nginx: () => loadByWrk(theirs, pressure),
      chain: () => loadByWrk(chain, pressure),
    },
    stage.rounds,
  )
  const added = (side: readonly Round[], of: (round: Round) => number) =>
    side.map((round, i) => of(round) - of(rounds.direct[i] as Round))
  const same = (value: number) => value
  const ratio = (of: (round: Round) => number) => ({
    whole: rounded(ratioOf(rounds.nginx, rounds.sallyport, of)),
    added: rounded(ratioOf(added(rounds.nginx, of), added(rounds.sallyport, of), same)),
    floor: rounded(ratioOf(added(rounds.nginx, of), added(rounds.chain, of), same)),
  })
  return {
    ratios: {
      'added-latency-p50-vs-nginx': ratio(p50).added,
      'added-latency-p99-vs-nginx': ratio(p99).added,
      'added-latency-p50-bare-chain-vs-nginx': ratio(p50).floor,
      'added-latency-p99-bare-chain-vs-nginx': ratio(p99).floor,
      'latency-p50-vs-nginx': ratio(p50).whole,
      'latency-p99-vs-nginx': ratio(p99).whole,
    },
    figures: {
      'latency-direct-p50-ms': rounded(median(rounds.direct.map(p50))),
      'latency-direct-p99-ms': rounded(median(rounds.direct.map(p99))),
      'latency-sallyport-p50-ms': rounded(median(rounds.sallyport.map(p50))),
      'latency-sallyport-p99-ms': rounded(median(rounds.sallyport.map(p99))),
      'latency-bare-chain-p50-ms': rounded(median(rounds.chain.map(p50))),
      'latency-bare-chain-p99-ms': rounded(median(rounds.chain.map(p99))),
      'latency-nginx-p50-ms': rounded(median(rounds.nginx.map(p50))),
      'latency-nginx-p99-ms': rounded(median(rounds.nginx.map(p99))),
    },
    table: [
      [`at ${pressure.rate} requests/s`, 'p50', 'p99', ''],
      row('the application itself', rounds.direct),
      row('Sallyport', rounds.sallyport),
      row('nginx', rounds.nginx),
      row('bare chain in Node', rounds.chain),
    ],
  }
}

// wrk always tells both.
const p50 = (round: Round): number => round.p50Ms ?? Number.NaN
const p99 = (round: Round): number => round.p99Ms ?? Number.NaN

function row(name: string, rounds: readonly Round[]): string[] {
  const cell = (of: (round: Round) => number) => `${median(rounds.map(of)).toFixed(3)} ms`
  return [name, cell(p50), cell(p99), '']
}
