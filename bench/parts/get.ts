import type { Round, Target } from '../load/target.ts'
import { loadByWrk } from '../load/wrk.ts'
import { type Outcome, rounded } from '../outcome.ts'
import {
  startApache,
  startCaddyGuard,
  startNginxGuard,
  startOauth2Proxy,
} from '../peers/authenticating.ts'
import { startCaddy, startHaproxy, startPlainNginx } from '../peers/plain.ts'
import { startAssembled, startChiselPeer, startFrpPeer } from '../peers/tunnels.ts'
import { programs } from '../programs.ts'
import { ratioOf, takeTurns } from '../race.ts'
import type { Stage } from '../stage.ts'
import {
  type Answerer,
  allCpu,
  authorities,
  checkAnswer,
  checkedRound,
  edgeCpu,
  ownAnswerer,
  perSecond,
  requestFigures,
  requestHead,
  requestRow,
  smallGet,
} from './small-requests.ts'

// Enough to keep one core busy, and about what one office behind one edge has open at a time.
const pressure = { connections: 64, seconds: 2 } as const
// V8 has compiled the path by then, and every connection to the application stands.
const warmUpSeconds = 3

const own = 'sallyport'
// Those that sign people in themselves and have no tunnel: the best of them is the one to be measured by.
const authenticating = [
  'apache-mod-auth-openidc',
  'oauth2-proxy',
  'nginx-auth-request',
  'caddy-forward-auth',
]

/** An authenticated GET of 1 KiB through edge and tunnel, against everybody else. */
export async function measureGet(stage: Stage): Promise<Outcome> {
  const { answerers, absent } = await startAnswerers(stage)
  const ca = await authorities(stage)
  const targets = mapNames(answerers, smallGet)
  for (const target of Object.values(targets)) await checkAnswer(target, ca)
  await warmUp(targets)
  const rounds = await takeTurns(
    mapNames(targets, (target) => () => checkedRound(target, ca, pressure)),
    stage.rounds,
  )
  return {
    ratios: { ...ratiosOf(rounds), ...bestOf(rounds) },
    figures: figuresOf(rounds),
    table: [
      requestHead,
      ...Object.entries(rounds).map(([name, each]) =>
        requestRow(targets[name]?.name ?? name, each),
      ),
      ...absent.map((name) => [name]),
    ],
  }
}

async function startAnswerers(stage: Stage) {
  const nginx = await startPlainNginx(stage)
  const answerers: Record<string, Answerer> = {
    [own]: await ownAnswerer(stage),
    nginx: nginx.tls,
    'nginx-without-tls': nginx.withoutTls,
  }
  const absent: string[] = []
  const add = async (name: string, there: boolean, begin: () => Promise<Answerer>) => {
    if (!there) {
      absent.push(`${name}: not installed`)
      return
    }
    stage.tell(`starting ${name}`)
    answerers[name] = await begin()
  }
  await add('haproxy', stage.has(programs.haproxy), () => startHaproxy(stage))
  const caddy = stage.has(programs.caddy)
  await add('caddy', caddy, () => startCaddy(stage))
  await add('apache-mod-auth-openidc', stage.has(programs.apache), () => startApache(stage))
  const go = stage.goPrograms
  if (typeof go === 'string') {
    absent.push(`oauth2-proxy, frp, chisel: ${go}`)
    return { answerers, absent }
  }
  const application = await stage.application
  await add('oauth2-proxy', true, () => startOauth2Proxy(stage, go))
  await add('nginx-auth-request', true, () =>
    startNginxGuard(stage, go, application, {
      name: 'nginx auth_request + oauth2-proxy',
      inside: {},
    }),
  )
  await add('caddy-forward-auth', caddy, () => startCaddyGuard(stage, go))
  await add('nginx-frp', true, () => startFrpPeer(stage, go))
  await add('nginx-chisel', true, () => startChiselPeer(stage, go))
  await add('nginx-oauth2-proxy-frp', true, () => startAssembled(stage, go))
  return { answerers, absent }
}

async function warmUp(targets: Readonly<Record<string, Target>>): Promise<void> {
  for (const [name, target] of Object.entries(targets)) {
    const seconds = name === own ? warmUpSeconds : 1
    await loadByWrk(target, { ...pressure, seconds })
  }
}

type Rounds = Readonly<Record<string, readonly Round[]>>

function ratiosOf(rounds: Rounds): Record<string, number> {
  const ours = rounds[own] ?? []
  const rivals = Object.entries(rounds).filter(([name]) => name !== own)
  const entries = rivals.flatMap(([name, theirs]) => [
    [`get-vs-${name}`, rounded(ratioOf(theirs, ours, edgeCpu))],
    [`get-vs-${name}-all-cpu`, rounded(ratioOf(theirs, ours, allCpu))],
    [`get-vs-${name}-rps`, rounded(ratioOf(ours, theirs, perSecond))],
  ])
  return Object.fromEntries(entries)
}

/** Against the one that is hardest to beat. */
function bestOf(rounds: Rounds): Record<string, number> {
  const ours = rounds[own] ?? []
  const there = authenticating.flatMap((name) => rounds[name] ?? [])
  if (there.length === 0) return {}
  const against = authenticating.flatMap((name) => {
    const theirs = rounds[name]
    return theirs ? [ratioOf(theirs, ours, edgeCpu)] : []
  })
  return { 'get-vs-best-authenticating': rounded(Math.min(...against)) }
}

function figuresOf(rounds: Rounds): Record<string, number> {
  const each = Object.entries(rounds).map(([name, of]) => requestFigures(`get-${name}`, of))
  return Object.assign({}, ...each) as Record<string, number>
}

function mapNames<In, Out>(
  record: Readonly<Record<string, In>>,
  change: (value: In) => Out,
): Readonly<Record<string, Out>> {
  const entries = Object.entries(record).map(([name, value]) => [name, change(value)])
  return Object.fromEntries(entries) as Record<string, Out>
}
