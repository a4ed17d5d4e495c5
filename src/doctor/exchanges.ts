import { fieldValue, type RawHeaders } from '../http/headers.ts'
import { maskHeaders, maskLocation } from './mask.ts'

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

// A chain that goes on longer is a circle; browsers give up at 20, which would be 60 exchanges.
export const hopsMax = 8
// Nobody waits longer for a diagnosis; what is under way by then is still waited for.
export const probeMaxMs = 30_000

/** What was sent one after the other, with what came. */
export class Exchanges {
  readonly list: ProbeExchange[] = []
  /** What could not be seen, in sentences. */
  readonly unseen: string[] = []
  readonly #sender: ProbeSender
  readonly #endsAtMs: number

  /** `endsAtMs`: of `performance.now()`. */
  constructor(sender: ProbeSender, endsAtMs: number) {
    this.#sender = sender
    this.#endsAtMs = endsAtMs
  }

  /** Nothing more is to be sent. */
  get isLate(): boolean {
    return performance.now() >= this.#endsAtMs
  }

  async send(via: ProbeExchange['via'], request: ProbeRequest): Promise<ProbeAnswer> {
    const startedAt = performance.now()
    const answer =
      via === 'edge'
        ? await this.#sender.throughEdge(request)
        : await this.#sender.toApplication(request)
    const headers = 'failure' in answer ? [] : answer.headers
    const location = fieldValue(headers, 'location')
    this.list.push({
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

export const nobodyThere =
  'Nobody is signed in for a probe. The application was asked through the tunnel without telling it who is there, so that it may answer a person otherwise.'
