import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { LocalCa } from '../../../src/edge/local-ca.ts'
import { openProfile } from '../../browser.ts'
import {
  cookieLines,
  corsCases,
  fetchCases,
  type Origins,
  type PageCase,
} from '../../conformance-cases.ts'
import { isSoak } from '../../faults/sizes.ts'
import { type RunningEdge, startConnector, startEdge } from '../../pieces.ts'
import { ProgrammableApplication } from '../../programmable-application.ts'
import { publish } from '../../world.ts'

// A browser that asks the application itself, and one that asks the edge at the same names and ports: what a page can
// see of a passthrough application must be the same.

const direct = '127.0.0.2'
const throughEdge = '127.0.0.1'
const hosts = { page: 'page.sp.test', api: 'api.sp.test', other: 'www.ps.test' }

const cleanUp = new AsyncDisposableStack()
/** Each host twice, on two ports: with TLS, without, and a page without among others with it. */
let worlds: Readonly<Record<'https' | 'http' | 'http to https', Origins>>
let profiles: readonly [BrowserContext, BrowserContext]
before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-transparency-'))
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
  const ca = await LocalCa.open(folder)
  const application = cleanUp.use(new ProgrammableApplication())
  const certificate = await ca.issue(Object.values(hosts))
  const ports = [await application.listen(certificate), await application.listen(certificate)]
  const plainPorts = [await application.listen(), await application.listen()]
  const more = ['--http-port', ...plainPorts.map((port) => `${port}=serve`)]
  const options = { host: throughEdge, ports, more }
  const edge = cleanUp.use(await startEdge(join(folder, 'edge'), options))
  const connector = await startConnector(edge, join(folder, 'connector'))
  cleanUp.defer(() => connector.stop())
  const [https, http] = [originsAt('https', ports), originsAt('http', plainPorts)]
  for (const origin of [...Object.values(https), ...Object.values(http)])
    await publishAsIs(edge, origin)
  const mixed = { ...https, page: http['page'] as string, page2: https['page'] as string }
  worlds = { https, http, 'http to https': mixed }
  profiles = [
    await openProfile(await readFile(join(folder, 'ca.pem'), 'utf8'), direct),
    await openProfile(edge.ca, throughEdge),
  ]
})
after(() => cleanUp.disposeAsync())

function originsAt(scheme: string, ports: readonly number[]): Origins {
  const named = Object.entries(hosts).flatMap(([name, host]) => [
    [name, `${scheme}://${host}:${ports[0]}`],
    [`${name}2`, `${scheme}://${host}:${ports[1]}`],
  ])
  return Object.fromEntries(named)
}

function publishAsIs(edge: RunningEdge, origin: string): Promise<string> {
  const { protocol, port } = new URL(origin)
  return publish(edge.graph, origin, {
    externalAuthenticationType: 'passthru',
    externalUrl: `${origin}/`,
    internalUrl: `${protocol}//${direct}:${port}/`,
    isTranslateHostHeaderEnabled: false,
    isBackendCertificateValidationEnabled: false,
  })
}

/** All of them; where both schemes meet, a third every day, because each scheme has had them all. */
function sampleOf<Case>(cases: readonly Case[], world: keyof typeof worlds): Case[] {
  return cases.filter((_, index) => isSoak || world !== 'http to https' || index % 3 === 0)
}

async function openPage(profile: BrowserContext, origin: string): Promise<Page> {
  const page = await profile.newPage()
  await page.goto(`${origin}/do?body=<!doctype html>&h=Content-Type:text/html`)
  return page
}

/** What a page sees of each call, by the case's name. Runs in the page. */
async function callAll(cases: readonly PageCase[]): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {}
  const ofHop = ['date', 'connection', 'keep-alive', 'transfer-encoding']
  async function call({ name, url, init }: PageCase): Promise<void> {
    try {
      const { type, status, statusText, redirected, ...answer } = await fetch(
        url,
        init as RequestInit,
      ).then(async (got) => ({
        ...{ type: got.type, status: got.status, statusText: got.statusText },
        ...{ redirected: got.redirected, url: got.url, body: await got.text() },
        headers: [...got.headers].filter(([field]) => !ofHop.includes(field)),
      }))
      seen[name] = { type, status, statusText, redirected, ...answer }
    } catch (error) {
      seen[name] = (error as Error).name
    }
  }
  const waiting = [...cases]
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await call(next)
  }
  await Promise.all(Array.from({ length: 12 }, worker))
  return seen
}

async function seenThrough(profile: BrowserContext, origins: Origins, cases: PageCase[]) {
  await using page = await openPage(profile, origins['page'] as string)
  return await page.evaluate(callAll, cases)
}

for (const [what, casesOf] of [
  ['calls across origins', corsCases],
  ['methods, fields, statuses and redirects', fetchCases],
] as const) {
  for (const world of ['https', 'http', 'http to https'] as const) {
    test(`${what}, ${world}: a page sees the same through the edge as without it [F1] [C10]`, async () => {
      const origins = worlds[world]
      const cases = sampleOf(casesOf(origins), world)
      assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length)
      const [expected, seen] = await Promise.all(
        profiles.map((profile) => seenThrough(profile, origins, cases)),
      )
      for (const { name } of cases) assert.deepEqual(seen?.[name], expected?.[name], name)
      // A world in which every call fails would be the same, too.
      const readable = Object.values(expected ?? {}).filter((each) => typeof each === 'object')
      assert.ok(readable.length > cases.length / 4, `${readable.length} of ${cases.length}`)
    })
  }
}

for (const [world, most] of [
  ['https', 1 / 2],
  ['http', 1 / 3],
  ['http to https', 1 / 3],
] as const) {
  test(`cookies with every attribute, ${world}, are kept, shown and sent the same through the edge as without it [F3]`, async () => {
    const [expected, seen] = await Promise.all(
      profiles.map((profile) => cookiesOf(profile, worlds[world], sampleOf(cookieLines, world))),
    )
    const lines = sampleOf(cookieLines, world)
    for (const line of lines) assert.deepEqual(seen?.[line], expected?.[line], line)
    const kept = Object.values(expected ?? {}).filter(({ sent }) =>
      sent.some((each) => each !== null),
    )
    assert.ok(kept.length > lines.length * most, `${kept.length}`)
  })
}

interface Kept {
  readonly shown: unknown
  readonly sent: readonly unknown[]
}

async function cookiesOf(
  profile: BrowserContext,
  origins: Origins,
  lines: readonly string[],
): Promise<Record<string, Kept>> {
  const page = await openPage(profile, origins['page'] as string)
  const kept: Record<string, Kept> = {}
  for (const line of lines) {
    await profile.clearCookies()
    const cookie = line
      .replaceAll('{page}', hosts.page)
      .replaceAll('{site}', 'sp.test')
      .replaceAll('{other}', hosts.other)
    await page.evaluate(setCookie, cookie)
    const shown = await page.evaluate('document.cookie')
    kept[line] = { shown, sent: await page.evaluate(askEverywhere, origins) }
  }
  await page.close()
  return kept
}

/** Has the application set a cookie. Runs in the page. */
async function setCookie(cookie: string): Promise<void> {
  await fetch(`/do?${new URLSearchParams({ h: `Set-Cookie:${cookie}` })}`)
}

/** Which cookies are sent where. Runs in the page. */
async function askEverywhere(origins: Origins): Promise<readonly unknown[]> {
  const allow = (field: string) => `h=Access-Control-Allow-${field}`
  const fields = [allow(`Origin:${origins['page']}`), allow('Credentials:true')].join('&')
  const ask = async (url: string) => {
    const answer = await fetch(`${url}?${fields}`, { credentials: 'include' })
    const { headers } = (await answer.json()) as { headers: Record<string, string> }
    return headers['cookie'] ?? null
  }
  const targets = ['page', 'page2', 'api', 'other'].map((name) => origins[name] as string)
  return Promise.all(targets.flatMap((base) => [ask(`${base}/do`), ask(`${base}/elsewhere/x`)]))
}
