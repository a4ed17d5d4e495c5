import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium,
  type Page,
} from 'playwright-core'

const chromiumPath = process.env['SALLYPORT_CHROMIUM'] ?? '/usr/bin/chromium'

const chromiumArguments = [
  // Chromium refuses its sandbox to root, and only to root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

// Chromium reports a failed call over the debugging channel, a moment after the page has noticed; a busy one takes its time.
const failureReportMs = 20_000

interface SharedBrowser {
  readonly browser: Promise<Browser>
  readonly home: string
}

const shared = new Map<string, SharedBrowser>()

after(async () => {
  for (const { browser, home } of shared.values()) {
    await (await browser).close()
    rmSync(home, { recursive: true, force: true })
  }
})

/**
 * A fresh browser profile in a Chromium that trusts the authority `ca` (PEM) and is shared by the tests of this
 * process. Certificates are checked as ever. `*.localhost` is this machine, as Chromium itself decides. Use
 * `await using`; pages of the profile close with it. With an `address` all names below `test` lead there; `more` are
 * arguments for Chromium itself.
 */
export async function openProfile(
  ca?: string,
  address?: string,
  more: readonly string[] = [],
): Promise<BrowserContext> {
  return (await sharedBrowser(ca ?? '', address, more)).newContext()
}

function sharedBrowser(
  ca: string,
  address: string | undefined,
  more: readonly string[],
): Promise<Browser> {
  const key = `${address} ${more} ${ca}`
  const running = shared.get(key)
  if (running) return running.browser
  const home = mkdtempSync(join(tmpdir(), 'sallyport-chromium-'))
  if (ca !== '') trustAuthority(home, ca)
  const browser = chromium.launch({
    executablePath: chromiumPath,
    args: [
      ...chromiumArguments,
      ...(address ? [`--host-resolver-rules=MAP *.test ${address}`] : []),
      ...more,
    ],
    // Chromium reads the authorities that its user trusts from the NSS database under HOME.
    env: { ...(process.env as Record<string, string>), HOME: home },
  })
  shared.set(key, { browser, home })
  return browser
}

function trustAuthority(home: string, ca: string): void {
  const database = join(home, '.pki', 'nssdb')
  const certificate = join(home, 'ca.pem')
  mkdirSync(database, { recursive: true })
  writeFileSync(certificate, ca)
  const certutil = (...args: string[]) =>
    execFileSync('certutil', ['-d', `sql:${database}`, ...args])
  certutil('-N', '--empty-password')
  certutil('-A', '-t', 'C,,', '-n', 'test authority', '-i', certificate)
}

/** Why Chromium kept an answer from a page: its own code, and the header or value it stumbled over. */
export interface CorsFailure {
  readonly corsError: string
  readonly failedParameter: string
}

/** The part of fetch's RequestInit that can be handed to a page. */
export interface CallInit {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly credentials?: 'omit' | 'same-origin' | 'include'
  readonly mode?: 'cors' | 'no-cors' | 'same-origin'
  readonly redirect?: 'follow' | 'error' | 'manual'
}

interface LoadingFailed {
  /** `Fetch` for the call itself, `Preflight` for what went before it. */
  readonly type: string
  readonly errorText: string
  readonly corsErrorStatus?: CorsFailure
}

const sessions = new WeakMap<Page, Promise<CDPSession>>()

/**
 * Chromium's own verdict on `fetch(url, init)` from `page`: undefined when the page may read the answer, else the CORS
 * error. Rejects when the call fails for any other reason. One call at a time per page.
 */
export async function corsFailure(
  page: Page,
  url: string,
  init: CallInit = {},
): Promise<CorsFailure | undefined> {
  const session = await networkSession(page)
  const failures: LoadingFailed[] = []
  const reported = Promise.withResolvers<void>()
  const onFailure = (event: LoadingFailed): void => {
    failures.push(event)
    if (event.corsErrorStatus || event.type === 'Fetch') reported.resolve()
  }
  session.on('Network.loadingFailed', onFailure)
  try {
    const outcome = await page.evaluate(fetchInPage, { url, init })
    if (outcome === 'readable') return undefined
    await Promise.race([reported.promise, timeout(failureReportMs)])
    const failure = failures.find((event) => event.corsErrorStatus)?.corsErrorStatus
    assert.ok(failure, `no CORS failure: ${outcome}; ${failures.map((event) => event.errorText)}`)
    return { corsError: failure.corsError, failedParameter: failure.failedParameter }
  } finally {
    session.off('Network.loadingFailed', onFailure)
  }
}

function fetchInPage(call: { url: string; init: CallInit }): Promise<string> {
  return fetch(call.url, call.init).then(() => 'readable', String)
}

function networkSession(page: Page): Promise<CDPSession> {
  const known = sessions.get(page)
  if (known) return known
  const session = page.context().newCDPSession(page)
  const enabled = session.then(async (opened) => {
    await opened.send('Network.enable')
    return opened
  })
  sessions.set(page, enabled)
  return enabled
}

function timeout(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

/**
 * Saves a picture of the whole page as `<name>.png` in the folder SALLYPORT_SCREENSHOTS. Without that variable nobody is
 * going to look, and none is taken.
 */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['SALLYPORT_SCREENSHOTS']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { html: string }[]
  }[]
}

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)

/**
 * What axe-core has against the page, one line each; empty for an accessible page. Works under any CSP. `except` selects
 * what is left out.
 */
export async function accessibilityProblems(page: Page, except?: string): Promise<string[]> {
  const session = await networkSession(page)
  await session.send('Runtime.evaluate', { expression: axeSource })
  const context = except === undefined ? '' : JSON.stringify({ exclude: [[except]] })
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(${context}).then((results) => JSON.stringify(results))`,
    awaitPromise: true,
  })
  const { violations } = JSON.parse(result.value) as AxeResults
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
}
