import { type BrowserCall, preflightOf } from '../cors/browser.ts'
import { isForbiddenMethod } from '../cors/method.ts'
import { isForbiddenRequestHeader } from '../cors/request-header.ts'
import { withoutFields } from '../http/headers.ts'
import {
  Exchanges,
  hopsMax,
  nobodyThere,
  type ProbeAnswer,
  type ProbeExchange,
  type ProbeRequest,
  type ProbeSender,
  probeMaxMs,
} from './exchanges.ts'
import { followCall, type Hop } from './hops.ts'
import { maskHeaders } from './mask.ts'
import type { BackendAnswer, DoctorParts, PageCall } from './page-call.ts'
import { pageOriginOf, toRequest } from './page-call.ts'
import { type ProbedPage, probePage } from './probe-page.ts'
import { readRequest } from './request.ts'

/** What a probe saw. */
export interface Probe {
  /** The call with the answers that were seen. */
  readonly call: PageCall
  readonly exchanges: readonly ProbeExchange[]
  /** How the page itself is reached; undefined: it was not asked for. */
  readonly page: ProbedPage | undefined
  /** What it could not see, in sentences. */
  readonly unseen: readonly string[]
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What the administrator lets a probe do. */
export interface ProbeTerms {
  /** Other methods than GET, HEAD and OPTIONS may be sent, too. */
  readonly maySend: boolean
  /** The page is asked for as well: somebody said where it is, and not its origin alone. */
  readonly asksPage: boolean
}

/**
 * Makes a call for real, and before it opens the page that makes it, as a browser would: redirects are followed as long as
 * they stay with what the edge publishes. [D2]
 */
export async function probe(
  parts: DoctorParts,
  asked: PageCall,
  sender: ProbeSender,
  { maySend, asksPage }: ProbeTerms,
): Promise<Probe> {
  const written = withoutBrowsersOwn(asked)
  const unsendable = whyNotSent(written)
  if (unsendable !== undefined) {
    return { call: written, exchanges: [], page: undefined, unseen: [unsendable] }
  }
  const endsAtMs = performance.now() + probeMaxMs
  const page = asksPage
    ? await probePage(parts, written, new Exchanges(sender, endsAtMs))
    : undefined
  const call = page ? landed(written, page) : written
  const sent = new Exchanges(sender, endsAtMs)
  const trip = new Trip(sent, maySend)
  const seen = await follow(parts, call, trip)
  const masked = seen.map(maskAnswer)
  return {
    call: { ...withAnswers(call, masked), unanswered: trip.unanswered },
    exchanges: sent.list,
    page,
    unseen: [...new Set([...(page?.unseen ?? []), ...sent.unseen])],
  }
}

/** The page calls from where it is in the end. */
function landed(call: PageCall, { landedAt }: ProbedPage): PageCall {
  if (landedAt === undefined || URL.parse(landedAt)?.origin === pageOriginOf(call)) return call
  return { ...call, pageUrl: landedAt, openedAt: call.pageUrl }
}

function whyNotSent({ method, mode }: PageCall): string | undefined {
  if (isForbiddenMethod(method)) return `Nothing was sent: no browser sends ${method} for a page.`
  return mode === 'webSocket' ? 'Nothing was sent: a probe opens no WebSocket.' : undefined
}

/** Some servers take this field for the method. */
const methodOverride = /^x-(?:http-)?method(?:-override)?$/i

/** The request changes nothing, as far as its method goes (RFC 9110 §9.2.1). */
function isSafe({ method, headers }: BrowserCall): boolean {
  const overridden = headers.some((name, i) => i % 2 === 0 && methodOverride.test(name))
  return safeMethods.has(method) && !overridden
}

/** What the applications on the way answer, until one that is none of this edge's, or does not answer. */
async function follow(parts: DoctorParts, call: PageCall, trip: Trip): Promise<BackendAnswer[]> {
  const seen: BackendAnswer[] = []
  while (seen.length < hopsMax && !trip.sent.isLate) {
    const hop = followCall(parts, withAnswers(call, seen))[seen.length]
    if (!hop) return seen
    if (!hop.actual.explanation.found) {
      const { origin } = new URL(hop.call.url)
      trip.sent.unseen.push(`Nothing was sent to ${origin}: no application is published there.`)
      return seen
    }
    const answer = await trip.take(call, hop)
    if (!answer) return seen
    seen.push(answer)
  }
  trip.sent.unseen.push(`After ${seen.length} redirects the doctor gave up.`)
  return seen
}

/** A page cannot set these, and nobody is to reach a server by them. */
function withoutBrowsersOwn(call: PageCall): PageCall {
  const isOwn = (name: string) =>
    isForbiddenRequestHeader(name) || /^(?:x-forwarded-|forwarded$|user-agent$)/i.test(name)
  return { ...call, headers: withoutFields(call.headers, isOwn) }
}

function withAnswers(call: PageCall, [backend, ...later]: readonly BackendAnswer[]): PageCall {
  return { ...call, backend, later }
}

/** The call of one probe. */
class Trip {
  readonly sent: Exchanges
  /** Why an application did not answer. */
  unanswered: string | undefined
  readonly #maySend: boolean

  constructor(sent: Exchanges, maySend: boolean) {
    this.sent = sent
    this.#maySend = maySend
  }

  /** One leg of the call: what the application answers; undefined: it was not asked, or did not answer. */
  async take(
    call: PageCall,
    { call: browser, preflight, actual }: Hop,
  ): Promise<BackendAnswer | undefined> {
    const asked =
      preflight && (await this.#preflight(call, browser, preflight.by === 'application'))
    const ending = actual.explanation.ending.kind
    const guarded = actual.explanation.found?.route.application.preAuthentication === true
    if (!isSafe(browser) && !this.#maySend) {
      this.sent.unseen.push(
        `${browser.method} was not sent, because it may change something; say allowUnsafeMethod where it does not.`,
      )
      return undefined
    }
    const request = this.#request(call, browser)
    // What changes something is sent once.
    if (guarded || isSafe(browser)) await this.sent.send('edge', request)
    if (ending !== 'forwarded') {
      this.sent.unseen.push(
        'The application was not asked, because the edge would not let the call through to it.',
      )
      return undefined
    }
    if (guarded) this.sent.unseen.push(nobodyThere)
    const answer = await this.sent.send('application', request)
    if ('failure' in answer) {
      this.unanswered = `The application did not answer: ${answer.sentence}`
      return undefined
    }
    return asked && !('failure' in asked) ? { ...answer, preflight: asked } : answer
  }

  /** The application's own answer to the preflight, where it gets one. */
  async #preflight(
    call: PageCall,
    browser: BrowserCall,
    isForwarded: boolean,
  ): Promise<ProbeAnswer | undefined> {
    const wish = preflightOf(browser)
    if (!wish) return undefined
    const { requestMethod, requestHeaders } = wish
    const names = requestHeaders === undefined ? [] : [askedHeaders, requestHeaders]
    const headers = ['Access-Control-Request-Method', requestMethod, ...names]
    const asked = { ...browser, method: 'OPTIONS', headers, credentials: 'omit' } as const
    const request = this.#request(call, asked)
    await this.sent.send('edge', request)
    return isForwarded ? await this.sent.send('application', request) : undefined
  }

  #request(call: PageCall, browser: BrowserCall): ProbeRequest {
    const read = readRequest({ ...toRequest(call, browser), mode: 'cors' })
    const { method, url } = browser
    return { method, url: new URL(url), headers: 'headers' in read ? read.headers : [] }
  }
}

const askedHeaders = 'Access-Control-Request-Headers'

function maskAnswer({ status, headers, preflight }: BackendAnswer): BackendAnswer {
  const masked = { status, headers: maskHeaders(headers) }
  if (!preflight) return masked
  return {
    ...masked,
    preflight: { status: preflight.status, headers: maskHeaders(preflight.headers) },
  }
}
