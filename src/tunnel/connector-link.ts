import type { Duplex } from 'node:stream'
import { fieldValuePattern, type RawHeaders } from '../http/headers.ts'
import { type AnsweringStream, type ResetCode, resetCodes, type Serve } from './exchange.ts'
import { flagEnd, flagInterim, frameType, Violation } from './frame.ts'
import type { EdgePlace } from './handshake.ts'
import { readRequestHead, writeAnswerHead } from './head.ts'
import { type OriginHealth, type ProbeTarget, readTargets, writeHealth } from './health.ts'
import { type Hints, readHints } from './hints.ts'
import { hintsBytesMax } from './limits.ts'
import { type Head, type LinkTerms, TunnelLink } from './link.ts'
import { Stream } from './stream.ts'

const nothing = new Uint8Array(0)

/** Why a request never got to its origin: the next ones will not either, as long as nothing changes. */
const unreached: ReadonlySet<ResetCode> = new Set([
  'backend-unreachable',
  'backend-refused',
  'backend-certificate',
  'destination-not-allowed',
])

/** The connector's end of a link to one edge. */
export class ConnectorLink extends TunnelLink {
  /** Who answered. */
  readonly place: EdgePlace
  /** Told of what the edge wants to be probed, whenever that changes. [K4] */
  onTargets: ((targets: readonly ProbeTarget[]) => void) | undefined
  /** Told of a request that was given up because its origin was not reached. */
  onUnreached: ((origin: string) => void) | undefined
  readonly #serve: Serve
  #targets: readonly ProbeTarget[] = []
  /** About the stream that is opened next. */
  #hints: { readonly id: number; readonly text: string } | undefined

  constructor(socket: Duplex, terms: LinkTerms, place: EdgePlace, serve: Serve) {
    super(socket, terms)
    this.place = place
    this.#serve = serve
  }

  /** What the edge wants to be probed. */
  get targets(): readonly ProbeTarget[] {
    return this.#targets
  }

  /** Tells the edge which of its targets are reached. */
  reportHealth(health: readonly OriginHealth[]): void {
    if (!this.end) this.writer.frame(frameType.health, 0, 0, writeHealth(health))
  }

  protected override receiveNews(type: number, payload: Buffer): void {
    if (type !== frameType.targets) return
    const targets = readTargets(payload)
    if (!targets) throw new Violation('protocol-error', 'malformed targets')
    this.#targets = targets
    this.onTargets?.(targets)
  }

  protected receiveHead(flags: number, id: number, head: Head): void {
    if (id <= this.lastId) throw new Violation('protocol-error', `stream ${id} was opened twice`)
    if (this.drainReceived) throw new Violation('protocol-error', 'a stream behind a drain')
    this.lastId = id
    if (this.outstanding >= this.limits.streamsPerLink) {
      this.writer.number(frameType.reset, id, resetCodes.overloaded)
      return
    }
    const request = readRequestHead(head.buffer, head.start, head.end)
    if (!request) {
      this.writer.number(frameType.reset, id, resetCodes['protocol-error'], 'a malformed request')
      return
    }
    const stream = new ConnectorStream(this, id, request.origin)
    this.streams.add(stream)
    const hints = this.#takeHints(id)
    const end = (flags & flagEnd) !== 0
    if (end) stream.endWithHead()
    stream.listen(this.#serve(hints ? { ...request, ...hints } : request, head.body, end, stream))
  }

  protected override receiveHints(id: number, text: Buffer): void {
    if (id <= this.lastId || text.length > hintsBytesMax) return
    this.#hints = { id, text: text.toString('latin1') }
  }

  #takeHints(id: number): Hints | undefined {
    const given = this.#hints
    this.#hints = undefined
    return given?.id === id ? readHints(given.text) : undefined
  }
}

/** The connector's end of a stream: it answers. When its answer has ended, the stream has, in both directions. */
class ConnectorStream extends Stream implements AnsweringStream {
  readonly #link: ConnectorLink
  readonly #origin: string
  #answered = false

  constructor(link: ConnectorLink, id: number, origin: string) {
    super(link, id)
    this.#link = link
    this.#origin = origin
  }

  override reset(code: ResetCode, detail?: string): void {
    if (!this.closed && unreached.has(code)) this.#link.onUnreached?.(this.#origin)
    super.reset(code, detail)
  }

  inform(status: number, headers: RawHeaders): void {
    if (this.closed || this.#answered) return
    // Nobody misses a hint that cannot be passed on; the answer itself still comes.
    const passes = headers.every((text) => fieldValuePattern.test(text))
    const text = passes ? writeAnswerHead(status, headers) : undefined
    if (text !== undefined) this.host.writer.head(flagInterim, this.id, text, nothing)
  }

  answer(
    status: number,
    headers: RawHeaders,
    body: Uint8Array,
    end: boolean,
    reason?: string,
  ): void {
    if (this.closed || this.#answered) return
    const text = writeAnswerHead(status, headers, reason)
    if (text === undefined) {
      this.fail('backend-rubbish', 'an answer head too long, or not Latin-1')
      return
    }
    this.#answered = true
    this.sendHead(text, body, end)
  }

  /** The request's end came with its head. */
  endWithHead(): void {
    this.noteEndReceived()
  }

  protected override noteEndSent(): void {
    super.noteEndSent()
    this.close()
  }
}
