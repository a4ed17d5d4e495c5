import { type ConsoleReason, failingFields, readReason } from './console-reason.ts'
import type { BackendAnswer } from './page-call.ts'
import { type BrowserVerdict, groupCalls, type ReportedCall } from './reported-call.ts'

// A console that somebody pastes whole may have the same line a thousand times; so many differ at most.
const callsMax = 20

/**
 * The calls that a browser's console says were blocked, in the wordings of Chromium, Firefox and Safari; empty: the text
 * holds none. What is pasted may have other lines around them. [D2]
 */
export function readConsole(text: string): readonly ReportedCall[] {
  const found = [...readChromium(text), ...readFirefox(text), ...readSafari(text)]
  return groupCalls(found).slice(0, callsMax)
}

const chromiumLine =
  /Access to .{1,40}? at '([^'\s]+)' (?:\(redirected from '([^'\s]+)'\) )?from origin '([^'\s]+)' has been blocked by CORS policy: ([^\n]*)/g

function readChromium(text: string): readonly ReportedCall[] {
  return [...text.matchAll(chromiumLine)].map(([, url = '', from, origin = '', said = '']) => {
    const reason = readReason('Chromium', said)
    const call = told({ browser: 'Chromium', ...reason }, from ?? url, origin, methodIn(text, url))
    return from === undefined ? call : { ...call, backend: redirect(url, origin) }
  })
}

// Around some addresses Firefox puts quotes.
const firefoxLine =
  /Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘?(\S+?)’?\.? \(Reason: ([^\n]*?)\)\.?(?: Status code: (\d+))?/g

function readFirefox(text: string): readonly ReportedCall[] {
  const lines = [...text.matchAll(firefoxLine)].map(([, url = '', said = '', status = '']) => {
    return { url, said, status, isPreflight: false }
  })
  return joinFollowUps(lines).map(({ url, said, isPreflight }) => {
    const reason = readReason('Firefox', said, isPreflight)
    return told({ browser: 'Firefox', ...reason }, url, undefined, undefined)
  })
}

interface FirefoxLine {
  readonly url: string
  readonly said: string
  readonly status: string
  readonly isPreflight: boolean
}

const followUp = /^CORS (?:request|preflight response) did not succeed/
const redirectStatus = /^3/

/**
 * Where a preflight failed Firefox says why, and then in a line of its own that the request did not succeed. After a
 * redirect that the page may not read it does so, too; after any other failure it does not.
 */
function joinFollowUps(lines: readonly FirefoxLine[]): readonly FirefoxLine[] {
  const calls: FirefoxLine[] = []
  const places = new Map<string, number>()
  for (const line of lines) {
    const at = places.get(line.url)
    const first = at === undefined ? undefined : calls[at]
    if (at === undefined || !first || first.said === line.said || !followUp.test(line.said)) {
      places.set(line.url, calls.push(line) - 1)
    } else {
      calls[at] = { ...first, isPreflight: !redirectStatus.test(first.status) }
    }
  }
  return calls
}

const safariLine =
  /(?:(?:Fetch API|XMLHttpRequest|EventSource) cannot load|Cannot load image) (\S+?)\.? due to access control checks/g

/** Safari says what failed in one line and why in another, mostly the one before. */
function readSafari(text: string): readonly ReportedCall[] {
  return [...text.matchAll(safariLine)].map((line) => {
    const before = text.slice(0, line.index).trimEnd().split('\n').at(-1) ?? ''
    const after = text.slice(line.index + line[0].length)
    const first = readReason('Safari', before)
    const reason = first.corsError === undefined ? readReason('Safari', after) : first
    const origin = /Origin (\S+) is not allowed/.exec(before)?.[1]
    // Behind a redirect to a third origin the page's own is not told any more.
    const page = origin === 'null' ? undefined : origin
    return told({ browser: 'Safari', ...reason }, line[1] ?? '', page, undefined)
  })
}

/** `PUT https://… net::ERR_FAILED`, as Chromium writes below its reason. */
function methodIn(text: string, url: string): string | undefined {
  const at = text.indexOf(` ${url} net::ERR_FAILED`)
  return at < 0 ? undefined : /[A-Za-z]+$/.exec(text.slice(Math.max(0, at - 40), at))?.[0]
}

function told(
  said: BrowserVerdict,
  targetUrl: string,
  origin: string | undefined,
  written: string | undefined,
): ReportedCall {
  const { method, headers, notes } = askedFor(said, written)
  return {
    pageUrl: origin === undefined || origin === 'null' ? origin : `${origin}/`,
    targetUrl,
    method,
    headers,
    credentials: 'include',
    mode: 'cors',
    backend: origin === undefined ? undefined : answerOf(said, origin, method),
    said,
    count: 1,
    notes,
  }
}

const json = ['Content-Type', 'application/json']

/** The method and the headers, which consoles tell by the way, if at all. */
function askedFor({ corsError, failedParameter }: BrowserVerdict, written: string | undefined) {
  if (corsError === 'MethodDisallowedByPreflightResponse' && failedParameter !== '') {
    return { method: failedParameter, headers: [], notes: [] }
  }
  if (corsError === 'HeaderDisallowedByPreflightResponse' && failedParameter !== '') {
    const value = failedParameter.toLowerCase() === 'content-type' ? 'application/json' : '1'
    return { method: written ?? 'GET', headers: [failedParameter, value], notes: [] }
  }
  if (written !== undefined) return { method: written, headers: [], notes: [] }
  if (!corsError?.includes('Preflight')) return { method: 'GET', headers: [], notes: [] }
  return { method: 'POST', headers: json, notes: [unknownMethod] }
}

const unknownMethod =
  'The message does not say with which method and headers the page calls; POST with JSON is what most calls with a preflight are. Name them to be sure.'

function answerOf(
  reason: ConsoleReason,
  origin: string,
  method: string,
): BackendAnswer | undefined {
  const fields = failingFields(reason, origin)
  if (!fields) return undefined
  if (!reason.corsError?.includes('Preflight')) return { status: 200, headers: fields }
  const isHeader = reason.corsError === 'HeaderDisallowedByPreflightResponse'
  const methods = isHeader ? ['Access-Control-Allow-Methods', method] : []
  return {
    status: 200,
    headers: [],
    preflight: { status: 200, headers: [...fields, ...methods] },
  }
}

// The browser followed it, so that it was allowed to be read.
function redirect(url: string, origin: string): BackendAnswer {
  const allowed = [
    'Access-Control-Allow-Origin',
    origin,
    'Access-Control-Allow-Credentials',
    'true',
  ]
  return { status: 302, headers: ['Location', url, ...allowed] }
}
