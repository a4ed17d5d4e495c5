import type { Link, Links } from './edge-end.ts'
import type { EdgeLink } from './edge-link.ts'
import type { AnswerHandler, OutboundStream, Serve, TunnelRequest } from './exchange.ts'

/** Stands first among the fields of a request between two processes of an edge; never further. */
const groupField = 'sallyport-group'

// Connections of browsers that sign in to an application by NTLM or Negotiate, while this process passes them on.
const boundMax = 10_000

/** A link to another process of the edge, for requests of one group, which that process passes on. */
export class PassingLink implements Link {
  readonly connectorId: string
  readonly #link: EdgeLink
  readonly #groupId: string

  constructor(link: EdgeLink, groupId: string) {
    this.connectorId = link.connectorId
    this.#link = link
    this.#groupId = groupId
  }

  get outstanding(): number {
    return this.#link.outstanding
  }

  /** The link itself, whatever the group. */
  get whole(): EdgeLink {
    return this.#link
  }

  open(
    request: TunnelRequest,
    body: Uint8Array,
    end: boolean,
    handler: AnswerHandler,
  ): OutboundStream {
    const headers = [groupField, this.#groupId, ...request.headers]
    return this.#link.open({ ...request, headers }, body, end, handler)
  }
}

/**
 * The far end of a `PassingLink`: sends each request on through a link of its own, and the answer back, bytes as they come,
 * under the credit of both sides. Without a link the stream is reset as `draining`: nobody has looked at the request.
 */
export function passOn(choose: Links['choose']): Serve {
  const bound = new Map<string, Link>()
  return (addressed, body, end, back) => {
    const [name, groupId = '', ...headers] = addressed.headers
    const { origin, boundTo } = addressed
    const preferred = boundTo === undefined ? undefined : bound.get(boundTo)
    const link = name === groupField ? choose(groupId, origin, preferred) : undefined
    if (!link) {
      back.reset('draining', 'this process has no link to the group either')
      return { onData() {}, onEnd() {}, onError() {} }
    }
    const answer: AnswerHandler = {
      onInformation: (status, fields) => back.inform(status, fields),
      onAnswer: (...answer) => back.answer(...answer),
      onData: (chunk) => answerFlow.carry(chunk),
      onEnd: (trailers) => back.end(trailers),
      onError: (code, message) => back.reset(code, message),
    }
    if (boundTo !== undefined) remember(bound, boundTo, link)
    const onward = link.open({ ...addressed, headers }, body, end, answer)
    const answerFlow = new Flow(onward, back)
    const requestFlow = new Flow(back, onward)
    return {
      onData: (chunk) => requestFlow.carry(chunk),
      onEnd: (trailers) => onward.end(trailers),
      onError: (code, message) => onward.reset(code, message),
    }
  }
}

/** The newest stay: whoever signs in by NTLM needs the same connector for a moment, not for long. */
function remember(bound: Map<string, Link>, boundTo: string, link: Link): void {
  bound.delete(boundTo)
  bound.set(boundTo, link)
  const [oldest] = bound.keys()
  if (bound.size > boundMax && oldest !== undefined) bound.delete(oldest)
}

/** Bytes from one stream to another; those that wait for the second are not granted to the first. */
class Flow {
  readonly #from: OutboundStream
  readonly #to: OutboundStream
  #owed = 0

  constructor(from: OutboundStream, to: OutboundStream) {
    this.#from = from
    this.#to = to
    to.onDrain = () => this.#grant()
  }

  carry(chunk: Buffer): void {
    this.#owed += chunk.length
    if (this.#to.write(chunk)) this.#grant()
  }

  #grant(): void {
    const bytes = this.#owed
    this.#owed = 0
    if (bytes > 0) this.#from.grant(bytes)
  }
}
