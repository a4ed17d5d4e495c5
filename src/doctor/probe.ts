import { type BrowserCall, preflightOf } from '../cors/browser.ts'
import { isForbiddenMethod } from '../cors/method.ts'
import { isForbiddenRequestHeader } from '../cors/request-header.ts'
import { fieldValue, type RawHeaders, withoutFields } from '../http/headers.ts'
import { followCall, type Hop } from './hops.ts'
import { maskHeaders, maskLocation } from './mask.ts'
import type { BackendAnswer, DoctorParts, PageCall } from './page-call.ts'
import { toRequest } from './page-call.ts'
import { readRequest } from './request.ts'

/** One request that the doctor sends. */
export interface ProbeRequest {
  readonly method: string
  readonly url: URL
  readonly headers: RawHeaders
}

/** The head of an answer, or why there is none: the edge's code for it, and a sentence. */
export type ProbeAnswer =
  | { readonly status: number; readonly headers: RawHeaders }
  | { readonly failure: string; readonly sentence: string }

/** Sends what the doctor wants to see. Neither way rejects, and neither sends anything to what is not published. */
export interface ProbeSender {
  /** To the edge's own listener, as a browser where nobody is signed in. */
  throughEdge(request: ProbeRequest): Promise<ProbeAnswer>
  /** Through the tunnel to the application, as for somebody who is let in. */
  toApplication(request: ProbeRequest): Promise<ProbeAnswer>
}

/** One exchange as it was seen, with nothing in it that is secret. */
export interface ProbeExchange {
  readonly via: 'edge' | 'application'
  readonly method: string
  readonly url: string
  readonly status: number | undefined
  readonly failure: string | undefined
  readonly requestHeaders: RawHeaders
  readonly responseHeaders: RawHeaders
  readonly tookMs: number
  readonly redirectedTo: string | undefined
}

/** What a probe saw. */
export interface Probe {
  /** The call with the answers that were seen. */
  readonly call: PageCall
  readonly exchanges: readonly ProbeExchange[]
  /** What it could not see, in sentences. */
  readonly unseen: readonly string[]
}

// A chain that goes on longer is a circle; browsers give up at 20, which would be 60 exchanges.
const hopsMax = 8

// Nobody waits longer for a diagnosis; what is under way by then is still waited for.
const probeMaxMs = 30_000

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Makes a call for real, as a browser would, redirects followed as long as they stay with what the edge publishes. Other
 * methods than GET, HEAD and OPTIONS are sent only where `maySend` says so. [D2]
 */
export async function probe(
  parts: DoctorParts,
  asked: PageCall,
  sender: ProbeSender,
  maySend: boolean,
): Promise<Probe> {
  const call = withoutBrowsersOwn(asked)
  const trip = new Trip(sender, maySend)
  const unsendable = whyNotSent(call)
  if (unsendable !== undefined) return { call, exchanges: [], unseen: [unsendable] }
  const seen = await follow(parts, call, trip)
  const masked = seen.map(maskAnswer)
  return {
    call: { ...withAnswers(call, masked), unanswered: trip.unanswered },
    exchanges: trip.exchanges,
    unseen: [...new Set(trip.unseen)],
  }
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
  const endsAt = performance.now() + probeMaxMs
  while (seen.length < hopsMax && performance.now() < endsAt) {
    const hop = followCall(parts, withAnswers(call, seen))[seen.length]
    if (!hop) return seen
    if (!hop.actual.explanation.found) {
      const { origin } = new URL(hop.call.url)
      trip.unseen.push(`Nothing was sent to ${origin}: no application is published there.`)
      return seen
    }
    const answer = await trip.take(call, hop)
    if (!answer) return seen
    seen.push(answer)
  }
  trip.unseen.push(`After ${seen.length} redirects the doctor gave up.`)
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

/** The exchanges of one probe. */
class Trip {
  readonly exchanges: ProbeExchange[] = []
  readonly unseen: string[] = []
  /** Why an application did not answer. */
  unanswered: string | undefined
  readonly #sender: ProbeSender
  readonly #maySend: boolean

  constructor(sender: ProbeSender, maySend: boolean) {
    this.#sender = sender
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
      this.unseen.push(
        `${browser.method} was not sent, because it may change something; say allowUnsafeMethod where it does not.`,
      )
      return undefined
    }
    const request = this.#request(call, browser)
    // What changes something is sent once.
    if (guarded || isSafe(browser)) await this.#send('edge', request)
    if (ending !== 'forwarded') {
      this.unseen.push(
        'The application was not asked, because the edge would not let the call through to it.',
      )
      return undefined
    }
    if (guarded) this.unseen.push(nobodyThere)
    const answer = await this.#send('application', request)
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
    await this.#send('edge', request)
    return isForwarded ? await this.#send('application', request) : undefined
  }

  #request(call: PageCall, browser: BrowserCall): ProbeRequest {
    const read = readRequest({ ...toRequest(call, browser), mode: 'cors' })
    const { method, url } = browser
    return { method, url: new URL(url), headers: 'headers' in read ? read.headers : [] }
  }

  async #send(via: ProbeExchange['via'], request: ProbeRequest): Promise<ProbeAnswer> {
    const startedAt = performance.now()
    const answer =
      via === 'edge'
        ? await this.#sender.throughEdge(request)
        : await this.#sender.toApplication(request)
    const headers = 'failure' in answer ? [] : answer.headers
    const location = fieldValue(headers, 'location')
    this.exchanges.push({
      via,
      method: request.method,
      url: maskLocation(request.url.href),
      status: 'failure' in answer ? undefined : answer.status,
      failure: 'failure' in answer ? answer.failure : undefined,
      requestHeaders: maskHeaders(request.headers),
      responseHeaders: maskHeaders(headers),
      tookMs: Math.round((performance.now() - startedAt) * 10) / 10,
      redirectedTo: location === undefined ? undefined : maskLocation(location),
    })
    return answer
  }
}

const askedHeaders = 'Access-Control-Request-Headers'
const nobodyThere =
  'Nobody is signed in for a probe. The application was asked through the tunnel without telling it who is there, so that it may answer a person otherwise.'

function maskAnswer({ status, headers, preflight }: BackendAnswer): BackendAnswer {
  const masked = { status, headers: maskHeaders(headers) }
  if (!preflight) return masked
  return {
    ...masked,
    preflight: { status: preflight.status, headers: maskHeaders(preflight.headers) },
  }
}
