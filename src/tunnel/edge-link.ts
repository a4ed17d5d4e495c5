import type { Duplex } from 'node:stream'
import type { ConnectorState } from './connector-state.ts'
import { EdgeStream } from './edge-stream.ts'
import type { AnswerHandler, OutboundStream, ResetCode, TunnelRequest } from './exchange.ts'
import { frameType, streamIdMax, Violation } from './frame.ts'
import { writeRequestHead } from './head.ts'
import { type OriginHealth, readHealth } from './health.ts'
import { writeHints } from './hints.ts'
import { type Head, type LinkTerms, TunnelLink } from './link.ts'
import type { Stream } from './stream.ts'

// Of the streams that a connector may leave unanswered: for anybody, and for one network after that.
const uncountedPart = 1 / 4
const countedPart = 1 / 2

/** The edge's end of a link to one connector. */
export class EdgeLink extends TunnelLink {
  readonly connector: ConnectorState
  /** Told of what the connector reaches of its targets. [K4] */
  onHealth: ((health: readonly OriginHealth[]) => void) | undefined
  readonly #streamsMax: number
  #targets = ''

  /** `streamsMax` is what the connector accepts. */
  constructor(socket: Duplex, terms: LinkTerms, connector: ConnectorState, streamsMax: number) {
    super(socket, terms)
    this.connector = connector
    this.#streamsMax = Math.min(streamsMax, terms.limits.streamsPerLink)
  }

  get connectorId(): string {
    return this.connector.connectorId
  }

  /** Whether `open` would not be refused. */
  get available(): boolean {
    if (this.connector.waiting >= this.limits.waitingPerConnector) return false
    return this.outstanding < this.#streamsMax && !this.leaving
  }

  /**
   * Takes a place for a request that comes from this address, and says how to leave it once it is answered; undefined when
   * it takes none, `full` when that network has its share. Nobody is counted while the connector has little to do, and
   * a quarter is left for others whatever one network sends: slow uploads cost it nothing. [R7]
   */
  seat(client: string): (() => void) | 'full' | undefined {
    const { waitingPerConnector } = this.limits
    if (this.connector.waiting < waitingPerConnector * uncountedPart) return undefined
    return this.connector.crowd.enter(client, waitingPerConnector * countedPart) ?? 'full'
  }

  /**
   * Sends a request. `body` is what is there of it, `end` says that this is all. Never throws: if the link takes no
   * request, the handler's `onError` is called after this returned.
   */
  open(
    request: TunnelRequest,
    body: Uint8Array,
    end: boolean,
    handler: AnswerHandler,
  ): OutboundStream {
    if (!this.available) {
      return refusedStream(handler, this.leaving ? 'draining' : 'overloaded', 'the link is taken')
    }
    const text = writeRequestHead(request)
    if (text === undefined) {
      return refusedStream(handler, 'protocol-error', 'a request head that cannot be sent')
    }
    const stream = new EdgeStream(
      this,
      ++this.lastId,
      request.upgrade !== undefined,
      handler,
      this.connector,
    )
    this.streams.add(stream)
    this.connector.live++
    const hints = writeHints(request)
    if (hints !== '') this.writer.frame(frameType.hints, 0, stream.id, Buffer.from(hints, 'latin1'))
    stream.ask(text, body, end)
    // Numbers are never used twice, so the connector has to dial again.
    if (stream.id === streamIdMax) void this.drain()
    return stream
  }

  override forget(stream: Stream): void {
    this.connector.live--
    super.forget(stream)
  }

  /** Says what the connector is to probe, unless it knows. `payload` is what `writeTargets` makes. */
  tellTargets(payload: Buffer): void {
    const targets = payload.toString('latin1')
    if (targets === this.#targets || this.end) return
    this.#targets = targets
    this.writer.frame(frameType.targets, 0, 0, payload)
  }

  protected override receiveNews(type: number, payload: Buffer): void {
    if (type !== frameType.health) return
    const health = readHealth(payload)
    if (!health) throw new Violation('protocol-error', 'a malformed health report')
    this.onHealth?.(health)
  }

  protected receiveHead(flags: number, id: number, head: Head): void {
    const stream = this.find(id)
    if (stream instanceof EdgeStream) stream.receiveHead(flags, head)
  }
}

/** A stream that never was: what is written to it is dropped. */
function refusedStream(handler: AnswerHandler, code: ResetCode, message: string): OutboundStream {
  let told = false
  queueMicrotask(() => {
    if (!told) handler.onError(code, message)
  })
  return {
    onDrain: undefined,
    write: () => true,
    end() {},
    grant() {},
    reset() {
      told = true
    },
  }
}
