import {
  type BrowserAnswer,
  type BrowserCall,
  type BrowserOutcome,
  judgeCall,
  preflightOf,
  redirectedCall,
} from '../src/cors/browser.ts'
import type { HttpClient, TestResponse } from './http-client.ts'

// As many as browsers follow (Fetch §http-redirect-fetch).
const redirectsMax = 20

/**
 * What our model of a browser makes of the real answers to `call`, redirects followed to the end. `cookiesFor` gives the
 * Cookie field that the browser would send to a URL.
 */
export async function predictOutcome(
  client: HttpClient,
  call: BrowserCall,
  cookiesFor: (url: string) => Promise<string>,
): Promise<BrowserOutcome> {
  let next = call
  for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
    const preflight = await sendPreflight(client, next)
    const actual = await sendActual(client, next, cookiesFor)
    const outcome = judgeCall(next, { preflight, actual })
    if (!outcome.ok || outcome.redirectsTo === undefined) return outcome
    next = redirectedCall(next, actual.status, outcome.redirectsTo)
  }
  throw new Error(`more than ${redirectsMax} redirects from ${call.url}`)
}

async function sendPreflight(
  client: HttpClient,
  call: BrowserCall,
): Promise<BrowserAnswer | undefined> {
  const preflight = preflightOf(call)
  if (!preflight) return undefined
  const { origin, requestMethod, requestHeaders } = preflight
  const headers = {
    ...scriptHeaders,
    origin,
    'access-control-request-method': requestMethod,
    ...(requestHeaders === undefined ? {} : { 'access-control-request-headers': requestHeaders }),
  }
  return answerOf(await client.request(call.url, { method: 'OPTIONS', headers }))
}

async function sendActual(
  client: HttpClient,
  call: BrowserCall,
  cookiesFor: (url: string) => Promise<string>,
): Promise<BrowserAnswer> {
  const cookie = call.credentials === 'include' ? await cookiesFor(call.url) : undefined
  const own: Record<string, string> = {}
  for (let i = 0; i < call.headers.length; i += 2) {
    own[call.headers[i] as string] = call.headers[i + 1] as string
  }
  const headers = {
    ...scriptHeaders,
    ...own,
    origin: call.pageOrigin,
    ...(cookie ? { cookie } : {}),
  }
  return answerOf(await client.request(call.url, { method: call.method, headers }))
}

const scriptHeaders = { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }

function answerOf({ status, rawHeaders }: TestResponse): BrowserAnswer {
  return { status, headers: rawHeaders }
}
