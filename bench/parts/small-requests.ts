import assert from 'node:assert/strict'
import { HttpClient } from '../../test/http-client.ts'
import type { Round, Target } from '../load/target.ts'
import { loadByWrk, type Pressure } from '../load/wrk.ts'
import { rounded } from '../outcome.ts'
import { median } from '../race.ts'
import { type Stage, smallBody } from '../stage.ts'

// A script's call from a page, as Chromium writes it; everybody gets the same.
const browserFields = {
  'sec-ch-ua-platform': '"Linux"',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  accept: 'application/json, text/plain, */*',
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9',
}

// Where somebody plain stands for nobody signed in, a cookie of the same length makes the request as long.
const strangerCookie = `session=${'x'.repeat(130)}`

/** Who answers, where, and at whose cost. */
export type Answerer = Pick<Target, 'name' | 'url' | 'edgeSide' | 'inside'> & {
  readonly cookie: string | undefined
}

/** Sallyport with the small application. */
export async function ownAnswerer(stage: Stage): Promise<Answerer> {
  const { edge, connector } = await stage.sallyport
  const { url, cookie } = await stage.small
  return { name: 'Sallyport', url, cookie, edgeSide: { edge }, inside: { connector } }
}

/** The small GET of somebody who is signed in. */
export function smallGet(answerer: Answerer): Target {
  const { name, url, edgeSide, inside } = answerer
  const headers = { ...browserFields, cookie: answerer.cookie ?? strangerCookie }
  return { name, url, method: 'GET', headers, bodyBytes: smallBody.length, edgeSide, inside }
}

/** A preflight that is allowed. */
export function preflight(answerer: Answerer, origin: string): Target {
  const { name, url, edgeSide, inside } = answerer
  const headers = {
    ...browserFields,
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'x-custom',
  }
  return { name, url, method: 'OPTIONS', headers, bodyBytes: 0, edgeSide, inside }
}

/** One request by another client than the one that makes the load, which does not look at answers. */
export async function checkAnswer(target: Target, ca: readonly string[]): Promise<void> {
  await using client = new HttpClient({ ca })
  const answer = await client.request(target.url, target)
  const wanted =
    target.method === 'GET' ? { status: 200, text: smallBody } : { status: 204, text: '' }
  assert.deepEqual({ status: answer.status, text: answer.text }, wanted, target.name)
}

/** One round of wrk with a check of the answer before it. */
export async function checkedRound(
  target: Target,
  ca: readonly string[],
  pressure: Pressure,
): Promise<Round> {
  await checkAnswer(target, ca)
  return loadByWrk(target, pressure)
}

/** The authorities that all certificates of a run come from. */
export async function authorities(stage: Stage): Promise<readonly string[]> {
  return [(await stage.sallyport).ca, (await stage.authority).pem]
}

/** CPU time of all processes where the edge stands. */
export const edgeCpu = (round: Round): number => round.cpuUs.edgeSide
/** CPU time of the connector's side as well. */
export const allCpu = (round: Round): number => round.cpuUs.all
/** Requests a second. */
export const perSecond = (round: Round): number => round.requestsPerSecond

/** A row of the table: medians over the rounds. */
export function requestRow(name: string, rounds: readonly Round[]): string[] {
  const processes = Object.keys(rounds[0]?.cpuUs.byProcess ?? {})
  const each = processes.map((process) => {
    const cost = median(rounds.map((round) => round.cpuUs.byProcess[process] ?? 0))
    return `${process} ${cost.toFixed(1)} µs`
  })
  const { p50, p99 } = latencies(rounds)
  return [
    name,
    Math.round(median(rounds.map(perSecond))).toString(),
    Math.round(1e6 / median(rounds.map(edgeCpu))).toString(),
    p50 === undefined ? '' : `${p50.toFixed(2)} ms`,
    p99 === undefined ? '' : `${p99.toFixed(2)} ms`,
    each.join(', '),
  ]
}

/** The head over such rows. */
export const requestHead: readonly string[] = [
  ...['', 'requests/s', 'per edge core', 'p50', 'p99', 'CPU time per request'],
]

/** Figures of one contestant, under its name. */
export function requestFigures(name: string, rounds: readonly Round[]): Record<string, number> {
  return {
    [`${name}-rps`]: rounded(median(rounds.map(perSecond))),
    [`${name}-edge-cpu-us`]: rounded(median(rounds.map(edgeCpu))),
    [`${name}-all-cpu-us`]: rounded(median(rounds.map(allCpu))),
  }
}

function latencies(rounds: readonly Round[]) {
  const of = (values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined)
    return known.length === 0 ? undefined : median(known)
  }
  return { p50: of(rounds.map(({ p50Ms }) => p50Ms)), p99: of(rounds.map(({ p99Ms }) => p99Ms)) }
}
