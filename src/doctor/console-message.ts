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

const firefoxLine =
  /Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at (\S+?)\.? \(Reason: ([^\n]*?)\)\.?(?: Status code: (\d+))?/g

function readFirefox(text: string): readonly ReportedCall[] {
  return [...text.matchAll(firefoxLine)].map(([, url = '', said = '']) => {
    const reason = readReason('Firefox', said)
    return told({ browser: 'Firefox', ...reason }, url, undefined, undefined)
  })
}

const safariLine =
  /(?:Fetch API|XMLHttpRequest|EventSource) cannot load (\S+?)\.? due to access control checks/g

/** Safari says what failed in one line and why in another, mostly the one before. */
function readSafari(text: string): readonly ReportedCall[] {
  return [...text.matchAll(safariLine)].map((line) => {
    const before = text.slice(0, line.index).trimEnd().split('\n').at(-1) ?? ''
    const after = text.slice(line.index + line[0].length)
    const first = readReason('Safari', before)
    const reason = first.corsError === undefined ? readReason('Safari', after) : first
    const origin = /Origin (\S+) is not allowed/.exec(before)?.[1]
    return told({ browser: 'Safari', ...reason }, line[1] ?? '', origin, undefined)
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
