import { type Outcome, rounded } from '../outcome.ts'
import { startLeastServer } from '../peers/least.ts'
import { startPlainNginx } from '../peers/plain.ts'
import { ratioOf, takeTurns } from '../race.ts'
import type { Stage } from '../stage.ts'
import {
  authorities,
  checkedRound,
  edgeCpu,
  ownAnswerer,
  perSecond,
  preflight,
  requestFigures,
  requestHead,
  requestRow,
} from './small-requests.ts'

const pressure = { connections: 64, seconds: 2 } as const

/**
 * A preflight that the edge answers by its rules, against nginx that answers everything with `return 204`, and beside what
 * any server in Node needs for it.
 */
export async function measurePreflight(stage: Stage): Promise<Outcome> {
  const { callerOrigin } = await stage.sallyport
  const own = preflight(await ownAnswerer(stage), callerOrigin)
  const theirs = preflight((await startPlainNginx(stage)).tls, callerOrigin)
  const floor = preflight(await startLeastServer(stage), callerOrigin)
  const ca = await authorities(stage)
  await checkedRound(own, ca, { ...pressure, seconds: 1 })
  const rounds = await takeTurns(
    {
      sallyport: () => checkedRound(own, ca, pressure),
      nginx: () => checkedRound(theirs, ca, pressure),
      floor: () => checkedRound(floor, ca, pressure),
    },
    stage.rounds,
  )
  return {
    ratios: {
      'preflight-vs-nginx-204': rounded(ratioOf(rounds.nginx, rounds.sallyport, edgeCpu)),
      'preflight-vs-nginx-204-rps': rounded(ratioOf(rounds.sallyport, rounds.nginx, perSecond)),
    },
    figures: {
      ...requestFigures('preflight-sallyport', rounds.sallyport),
      ...requestFigures('preflight-nginx', rounds.nginx),
      ...requestFigures('preflight-bare-tls', rounds.floor),
    },
    table: [
      requestHead,
      requestRow('Sallyport, preflight', rounds.sallyport),
      requestRow('nginx, `return 204`', rounds.nginx),
      requestRow('bare node:tls, always 204', rounds.floor),
    ],
  }
}
