import assert from 'node:assert/strict'
import { METHODS } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { normalizeMethod } from '../../../src/cors/method.ts'
import { unsafeHeaderNames } from '../../../src/cors/request-header.ts'
import { readConsole } from '../../../src/doctor/console-message.ts'
import { fieldValues, listMembers } from '../../../src/http/headers.ts'
import type { Json } from '../../../src/run/graph-client.ts'
import type { CorsFailure } from '../../browser.ts'
import { BatchCaller, type BatchOutcome } from '../../fetch-batch.ts'
import { type OracleCase, type OraclePage, oracleCases, oracleRules } from '../../oracle-cases.ts'
import { ProgrammableApplication } from '../../programmable-application.ts'
import { publish, signIn, startWorld, type World } from '../../world.ts'

// What the doctor says of a call, and what Chromium says of the same call through a real edge to an application that
// answers as told: rule × request × answer, a few thousand times. [C15] [D2]

const seed = Number(process.env['SALLYPORT_SEED'] ?? 20_261_122)
const count = Number(process.env['SALLYPORT_RUNS'] ?? 2_000)
// As many as Chromium has under way at once without keeping any of them waiting for long.
const batchSize = 50

const cleanUp = new AsyncDisposableStack()
let world: World
let callers: Readonly<Record<OraclePage, BatchCaller>>
before(async () => {
  world = cleanUp.use(await startWorld())
  const application = cleanUp.use(new ProgrammableApplication())
  await publishAll(
    `http://127.0.0.2:${await application.listen()}/`,
    `http://127.0.0.2:${await application.listen()}/`,
  )
  const profile = await world.profile()
  const [home, other, sandbox] = [
    await profile.newPage(),
    await profile.newPage(),
    await profile.newPage(),
  ]
  const empty = '?h=Content-Type:text/html&body=<!doctype html>'
  await signIn(home, `${world.home}${empty}`, world.alice)
  await other.goto(`${otherOrigin()}/${empty}`)
  await sandbox.goto(`${world.external('sandbox')}${empty}`)
  callers = {
    home: await BatchCaller.open(home),
    other: await BatchCaller.open(other),
    sandbox: await BatchCaller.open(sandbox),
  }
})
after(() => cleanUp.disposeAsync())

function otherOrigin(): string {
  return `https://www.fabrikam.localhost:${world.port}`
}

function fill<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value).replaceAll('{port}', String(world.port)))
}

async function publishAll(internalUrl: string, homeUrl: string): Promise<void> {
  const segments = [
    { externalUrl: world.home, internalUrl: homeUrl },
    { externalUrl: world.api, internalUrl, corsConfigurations: oracleRules },
  ]
  await world.graph.call('PATCH', `/applications/${world.applicationId}/onPremisesPublishing`, {
    onPremisesApplicationSegments: fill(segments),
  })
  const sandboxed = [
    { action: 'set', name: 'Content-Security-Policy', value: 'sandbox allow-scripts' },
  ]
  for (const [externalUrl, responseHeaderRules] of [
    [world.external('open'), []],
    [`${otherOrigin()}/`, []],
    [world.external('sandbox'), sandboxed],
  ] as const) {
    const externalAuthenticationType = 'passthru'
    const publishing = {
      externalUrl,
      internalUrl,
      externalAuthenticationType,
      responseHeaderRules,
    }
    await publish(world.graph, externalUrl, publishing)
  }
}

function pageUrl(page: OraclePage): string {
  const pages = { home: world.home, other: `${otherOrigin()}/`, sandbox: 'null' }
  return pages[page]
}

function filled({ page, ...rest }: OracleCase): OracleCase {
  const origin = page === 'sandbox' ? 'null' : new URL(pageUrl(page)).origin
  const { init, answer, preflight } = fill(rest)
  const text = JSON.stringify({ answer, preflight }).replaceAll('{page}', origin)
  const answers = JSON.parse(text) as Pick<OracleCase, 'answer' | 'preflight'>
  // The application stands on Node, which refuses methods that it never heard of by itself.
  const isKnown = METHODS.includes(normalizeMethod(init.method ?? 'GET'))
  const refused = isKnown ? {} : { answer: { status: 400, headers: [] } }
  return { page, ...rest, ...answers, ...refused }
}

function urlOf({ target, answer, preflight }: OracleCase, id: string): string {
  const [host, ...path] = target.split('/')
  const url = new URL(path.join('/'), world.external(host as string))
  url.searchParams.set('case', id)
  url.searchParams.set('preflight', '')
  for (const [prefix, { status, headers }] of [
    ['', answer],
    ['p', preflight],
  ] as const) {
    url.searchParams.set(`${prefix}status`, String(status))
    for (let i = 0; i < headers.length; i += 2) {
      url.searchParams.append(`${prefix}h`, `${headers[i]}:${headers[i + 1]}`)
    }
  }
  return url.href
}

interface Examined {
  readonly verdict: 'allowed' | 'blocked' | 'depends'
  readonly corsError: string | null
  readonly failedParameter: string | null
  readonly readableHeaders: readonly string[]
}

async function examine(asked: OracleCase, url: string): Promise<Examined> {
  const { method, headers, credentials } = asked.init
  const question = {
    pageUrl: pageUrl(asked.page),
    targetUrl: url,
    method,
    headers: Object.entries(headers ?? {}).map(([name, value]) => ({ name, value })),
    credentials,
    // Profiles like this one send no cookies to other sites.
    isSignedIn: asked.page === 'home',
    backendAnswer: { ...shown(asked.answer), preflight: shown(asked.preflight) },
  }
  return (await askPatiently(question)) as unknown as Examined
}

/** Comes again when the API asks to, as it does after a few thousand questions. */
async function askPatiently(question: Json): Promise<Json | undefined> {
  try {
    return await world.graph.call('POST', '/doctor/examine', question)
  } catch (error) {
    if (!/TooManyRequests/.test(String(error))) throw error
    await sleep(1_000)
    return askPatiently(question)
  }
}

function shown({ status, headers }: OracleCase['answer']) {
  const list = Array.from({ length: headers.length / 2 }, (_, i) => {
    return { name: headers[2 * i], value: headers[2 * i + 1]?.trim() }
  })
  return { status, headers: list }
}

/** What both can tell, in the same words. */
function saidBy(examined: Examined) {
  const { corsError, failedParameter, readableHeaders } = examined
  if (corsError !== null) return { corsError, failedParameter: failedParameter ?? '' }
  return { marker: readableHeaders.includes('x-marker') }
}

function seenBy(outcome: BatchOutcome) {
  if ('status' in outcome) return { marker: outcome.fields.includes('x-marker') }
  // What Chromium blocks for another reason has no name here; the verdict has to say that it fails.
  return outcome.failure ?? { marker: false }
}

type Told = ReturnType<typeof saidBy> | ReturnType<typeof seenBy>

function agreed(said: Told, seen: Told, { init, preflight }: OracleCase): boolean {
  if (isDeepStrictEqual(said, seen)) return true
  // Of several headers that are not listed Chromium names the one that its hash table has first.
  const codes = [said, seen].map((each) => 'corsError' in each && each.corsError)
  if (!codes.every((code) => code === 'HeaderDisallowedByPreflightResponse')) return false
  const asked = unsafeHeaderNames(Object.entries(init.headers ?? {}).flat())
  const listed = listMembers(fieldValues(preflight.headers, 'access-control-allow-headers'))
  const names = listed.map((name) => name.toLowerCase())
  const lacking = asked.filter((name) => !names.includes(name))
  return [said, seen].every((each) => {
    return 'failedParameter' in each && lacking.includes(each.failedParameter)
  })
}

/** What Chromium called it → how often. */
const tally: Record<string, number> = {}
/** What Chromium said of each call that failed, by the call's id. */
const failures = new Map<string, CorsFailure>()

test(`the doctor and Chromium agree on ${count} generated calls (seed ${seed}) [C15] [D2]`, async (t) => {
  const cases = oracleCases(count, seed).map(filled)
  const disagreements: unknown[] = []
  for (let start = 0; start < cases.length; start += batchSize) {
    disagreements.push(...(await compareBatch(cases.slice(start, start + batchSize), start)))
  }
  t.diagnostic(JSON.stringify(tally))
  assert.deepEqual(disagreements, [])
})

/** Asks both about each of these calls, and gives back those about which they disagree. */
async function compareBatch(cases: readonly OracleCase[], start: number): Promise<unknown[]> {
  const batch = cases.map((asked, at) => {
    const id = String(start + at)
    return { id, asked, url: urlOf(asked, id), init: asked.init }
  })
  const [examined, ...outcomes] = await Promise.all([
    Promise.all(batch.map(({ asked, url }) => examine(asked, url))),
    ...(['home', 'other', 'sandbox'] as const).map((page) => {
      const calls = batch.filter(({ asked }) => asked.page === page)
      return callers[page].callAll(calls.map(({ id, url, init }) => ({ id, url, init })))
    }),
  ])
  const seen = new Map(outcomes.flatMap((each) => [...each]))
  return batch.flatMap(({ id, asked }, at) => {
    const said = examined[at] as Examined
    const outcome = seen.get(id) as BatchOutcome
    const isRead = 'status' in outcome
    if (!isRead && outcome.failure) failures.set(id, outcome.failure)
    const name = isRead ? 'readable' : (outcome.failure?.corsError ?? outcome.errorText)
    tally[name] = (tally[name] ?? 0) + 1
    const agree = agreed(saidBy(said), seenBy(outcome), asked)
    return agree && (isRead || said.verdict === 'blocked') ? [] : { asked, said, seen: outcome }
  })
}

test('each message of its console is read as what Chromium means by it [D2]', () => {
  const messages = new Map(Object.values(callers).flatMap((caller) => [...caller.messages]))
  const misread: unknown[] = []
  for (const [id, message] of messages) {
    const failure = failures.get(id)
    const [read, ...more] = readConsole(message)
    const said = read?.said && {
      corsError: read.said.corsError,
      failedParameter: read.said.failedParameter,
    }
    // After a redirect the console names the last address, and this batch the first.
    if (more.length > 0 || !isDeepStrictEqual(said, failure))
      misread.push({ message, said, failure })
  }
  assert.deepEqual(misread, [])
  // Chromium's console is silent about some calls when there are very many at once.
  assert.ok(messages.size > failures.size / 2, `${messages.size} of ${failures.size}`)
})
