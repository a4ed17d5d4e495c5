import type { BrowserAnswer } from '../cors/browser.ts'
import { fieldValue } from '../http/headers.ts'
import { type Exchanges, hopsMax, nobodyThere, type ProbeExchange } from './exchanges.ts'
import { type Explanation, explain } from './explain.ts'
import { throughEdge } from './hops.ts'
import type { DoctorParts, PageCall } from './page-call.ts'
import { bareUrl } from './reported-call.ts'
import { type ImaginedRequest, readRequest } from './request.ts'

/** How a page is reached. */
export interface ProbedPage {
  /** Where the browser is in the end; undefined: that cannot be told from here. */
  readonly landedAt: string | undefined
  readonly exchanges: readonly ProbeExchange[]
  readonly unseen: readonly string[]
}

/**
 * Opens the page that makes a call, as a person would, and follows where it is sent: its calls have the origin of the last
 * address, not of the first. Redirects by script are not seen. [D2]
 */
export async function probePage(
  parts: DoctorParts,
  call: PageCall,
  sent: Exchanges,
): Promise<ProbedPage> {
  const landedAt = await open(parts, call, sent)
  // What an application redirects to may have a code in its query.
  const bare = landedAt === undefined ? undefined : bareUrl(landedAt)
  return { landedAt: bare, exchanges: sent.list, unseen: sent.unseen }
}

async function open(
  parts: DoctorParts,
  call: PageCall,
  sent: Exchanges,
): Promise<string | undefined> {
  let url: string | undefined = call.pageUrl
  for (let hop = 0; hop < hopsMax && !sent.isLate; hop++) {
    const step: Step = await take(parts, call, url, sent)
    if (!('redirectsTo' in step)) return step.landedAt
    url = step.redirectsTo
  }
  sent.unseen.push('The page redirects again and again.')
  return undefined
}

type Step = { readonly redirectsTo: string } | { readonly landedAt: string | undefined }

async function take(
  parts: DoctorParts,
  call: PageCall,
  url: string,
  sent: Exchanges,
): Promise<Step> {
  const asked = navigation(call, url)
  const read = readRequest(asked)
  const explanation = explain(parts, asked)
  const application = explanation.found?.route.application
  if ('because' in read || !application) {
    const where = URL.parse(url)?.origin ?? 'null'
    sent.unseen.push(`The page was not asked for at ${where}: no application is published there.`)
    return { landedAt: undefined }
  }
  const request = { method: asked.method, url: new URL(url), headers: read.headers }
  if (application.preAuthentication) await sent.send('edge', request)
  if (explanation.ending.kind !== 'forwarded') {
    sent.unseen.push('The edge would not let the page through to its application.')
    return { landedAt: undefined }
  }
  if (application.preAuthentication) sent.unseen.push(nobodyThere)
  const answer = await sent.send('application', request)
  if ('failure' in answer) {
    sent.unseen.push(`The application of the page did not answer: ${answer.sentence}`)
    return { landedAt: undefined }
  }
  const redirectsTo = redirectOf(parts, explanation, answer, url)
  return redirectsTo === undefined ? { landedAt: url } : { redirectsTo }
}

function navigation({ visitor, ipAddress }: PageCall, url: string): ImaginedRequest {
  const opened = { method: 'GET', origin: undefined, headers: [], mode: 'navigate' } as const
  return { ...opened, url, credentials: 'include', visitor, ipAddress }
}

// Fetch §location-url.
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function redirectOf(
  parts: DoctorParts,
  explanation: Explanation,
  answer: BrowserAnswer,
  url: string,
): string | undefined {
  const { status, headers } = throughEdge(parts, explanation, answer)
  if (!redirects.has(status)) return undefined
  const location = fieldValue(headers, 'location')
  return location === undefined ? undefined : URL.parse(location, url)?.href
}
