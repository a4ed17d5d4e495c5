import type { Duplex } from 'node:stream'
import type { Log } from '../base/log.ts'
import type { RawHeaders } from '../http/headers.ts'
import { type ResetCode, resetCodes } from './exchange.ts'
import { FrameReader, type FrameSink, frameType, Violation } from './frame.ts'
import { FrameWriter } from './frame-writer.ts'
import { type RefusalCode, readRefusal, writeRefusal } from './handshake.ts'
import { readTrailers } from './head.ts'
import { Heartbeat } from './heartbeat.ts'
import { inlineBodyBytesMax, resetDetailBytesMax, type TunnelLimits } from './limits.ts'
import type { Stream, StreamHost } from './stream.ts'
import { StreamTable } from './stream-table.ts'
import { GrowthBudget } from './window.ts'

/** Why a link ended: in order, by the network, by silence, by us, or by the other end, which said why. */
export interface LinkEnd {
  readonly code: 'drained' | 'lost' | 'silent' | 'closed' | 'violated' | 'refused'
  readonly message: string
  /** What the other end said, when it refused. */
  readonly refusal?: RefusalCode
}

/** What both ends settled in the handshake, and how this end treats its memory. */
export interface LinkTerms {
  readonly limits: TunnelLimits
  /** Credit of a new stream that the peer grants. */
  readonly peerCreditBytes: number
  readonly log: Log
}

const nothing = Buffer.alloc(0)
const controlPattern = /\p{Cc}/gu

const resetNames = new Map<number, ResetCode>(
  Object.entries(resetCodes).map(([name, code]) => [code, name as ResetCode]),
)

/** What both ends of a link have in common: frames in and out, turns, heartbeat, drain, and one way to die. */
export abstract class TunnelLink implements StreamHost, FrameSink {
  readonly writer: FrameWriter
  readonly limits: TunnelLimits
  readonly budget: GrowthBudget
  readonly peerCreditBytes: number
  /** Resolves once, when the link is over and every stream has been told. Never rejects. */
  readonly closed: Promise<LinkEnd>
  /** Resolves when the link is to be left, with the milliseconds that live streams still have; 0 when it is over. */
  readonly draining: Promise<number>
  protected readonly streams = new StreamTable<Stream>()
  /** The highest stream number seen on this link. */
  protected lastId = 0
  readonly #log: Log
  readonly #socket: Duplex
  readonly #reader: FrameReader
  readonly #heartbeat: Heartbeat
  readonly #ring: Stream[] = []
  readonly #resolveClosed: (end: LinkEnd) => void
  readonly #resolveDraining: (leftMs: number) => void
  #pumping = false
  #drainSent = false
  #drainReceived = false
  #ended: LinkEnd | undefined
  #deadline: NodeJS.Timeout | undefined

  constructor(socket: Duplex, terms: LinkTerms) {
    this.#socket = socket
    this.#log = terms.log
    this.limits = terms.limits
    this.peerCreditBytes = terms.peerCreditBytes
    this.budget = new GrowthBudget(terms.limits)
    const closed = Promise.withResolvers<LinkEnd>()
    const draining = Promise.withResolvers<number>()
    this.closed = closed.promise
    this.#resolveClosed = closed.resolve
    this.draining = draining.promise
    this.#resolveDraining = draining.resolve
    this.#reader = new FrameReader(this)
    this.writer = new FrameWriter(socket, () => this.#pump())
    this.#heartbeat = new Heartbeat(this.limits, {
      ping: (payload) => this.writer.frame(frameType.ping, 0, 0, payload),
      pong: (payload) => this.writer.frame(frameType.pong, 0, 0, payload),
      beat: () => this.#rest(),
      dead: () => this.#end({ code: 'silent', message: 'the other end fell silent' }),
    })
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('drain', () => this.#pump())
    socket.on('error', (error) => this.#lose(error.message))
    socket.on('end', () => this.#lose('the other end closed the connection'))
    socket.on('close', () => this.#lose('the connection is closed'))
    if (socket.destroyed) queueMicrotask(() => this.#lose('the connection is closed'))
    // The handshake read in paused mode; from here on bytes come as they arrive.
    socket.resume()
  }

  /** Live streams. */
  get outstanding(): number {
    return this.streams.size
  }

  /** Whether the other end owes a sign of life, though not for so long that it is dead. */
  get quiet(): boolean {
    return this.#heartbeat.quiet
  }

  /** How the link ended, once it has. */
  get end(): LinkEnd | undefined {
    return this.#ended
  }

  /** Whether no new stream should be opened here. */
  get leaving(): boolean {
    return this.#drainSent || this.#drainReceived || this.#ended !== undefined
  }

  /** Lets live streams finish, then closes; after `deadlineMs` closes anyway. Resolves when closed. [K5] */
  async drain(deadlineMs: number = this.limits.drainMs): Promise<LinkEnd> {
    if (this.#ended) return this.closed
    this.#announceDrain(deadlineMs)
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => {
      this.#end({ code: 'closed', message: 'streams outlived the drain' })
    }, deadlineMs)
    this.#finishIfDrained()
    return this.closed
  }

  /** Tells the other end why, and closes. Streams are told `link-lost`. */
  refuse(code: RefusalCode, message: string): void {
    if (this.#ended) return
    this.writer.frame(frameType.refused, 0, 0, writeRefusal({ code, message }))
    this.#end({ code: 'closed', message })
  }

  /** Closes at once. */
  close(message = 'closed'): void {
    this.#end({ code: 'closed', message })
  }

  schedule(stream: Stream): void {
    if (stream.scheduled) return
    stream.scheduled = true
    this.#ring.push(stream)
    this.#pump()
  }

  forget(stream: Stream): void {
    this.streams.delete(stream.id)
    if (this.#drainSent) this.#finishIfDrained()
  }

  onData(stream: number, piece: Buffer): void {
    try {
      this.find(stream)?.receiveData(piece)
    } catch (thrown) {
      this.#contain(stream, thrown)
    }
  }

  onFrame(
    type: number,
    flags: number,
    stream: number,
    buffer: Buffer,
    start: number,
    end: number,
  ): void {
    try {
      if (type === frameType.head) this.#receiveHead(flags, stream, buffer, start, end)
      else if (type === frameType.end) this.#receiveEnd(stream, buffer, start, end)
      else if (type === frameType.credit) this.#receiveCredit(stream, buffer, start, end)
      else if (type === frameType.reset) this.#receiveReset(stream, buffer, start, end)
      else if (type === frameType.hints) this.receiveHints(stream, buffer.subarray(start, end))
      else this.#receiveControl(type, buffer.subarray(start, end))
    } catch (thrown) {
      this.#contain(stream, thrown)
    }
  }

  /**
   * A frame of the link that only one of the two ends understands. Throws `Violation`. Types it does not know belong to
   * later versions and are ignored: whoever sends them does not depend on an answer.
   */
  protected abstract receiveNews(type: number, payload: Buffer): void

  /** A head and the body bytes in its frame. Must not throw anything but `Violation`. */
  protected abstract receiveHead(flags: number, stream: number, head: Head): void

  /** What is said about a stream before its head. */
  protected receiveHints(_stream: number, _text: Buffer): void {}

  /** The live stream of that number; undefined when it is over. Throws `Violation` when it never was. */
  protected find(id: number): Stream | undefined {
    const stream = this.streams.get(id)
    if (!stream && (id === 0 || id > this.lastId)) {
      throw new Violation('protocol-error', `a frame for stream ${id}, which was never opened`)
    }
    return stream
  }

  /** Whether the other end said that it opens no more streams, or wants none. */
  protected get drainReceived(): boolean {
    return this.#drainReceived
  }

  #receive(chunk: Buffer): void {
    this.#heartbeat.heard()
    try {
      this.#reader.read(chunk)
      this.#heartbeat.settle(this.#socket.writableNeedDrain)
    } catch (thrown) {
      this.#contain(0, thrown)
    }
  }

  #receiveHead(flags: number, stream: number, buffer: Buffer, start: number, end: number): void {
    const headStart = start + 4
    if (headStart > end) throw new Violation('protocol-error', 'a malformed head frame')
    const headEnd = headStart + buffer.readUInt32BE(start)
    if (headEnd > end) throw new Violation('protocol-error', 'a head longer than its frame')
    if (end - headEnd > inlineBodyBytesMax) {
      throw new Violation('protocol-error', 'too long a body in a head frame')
    }
    const body = headEnd === end ? nothing : buffer.subarray(headEnd, end)
    this.receiveHead(flags, stream, { buffer, start: headStart, end: headEnd, body })
  }

  #receiveEnd(id: number, buffer: Buffer, start: number, end: number): void {
    const stream = this.find(id)
    if (!stream) return
    const trailers: RawHeaders | undefined = readTrailers(buffer, start, end)
    if (trailers) stream.receiveEnd(trailers)
    else stream.fail('protocol-error', 'malformed trailers')
  }

  #receiveCredit(id: number, buffer: Buffer, start: number, end: number): void {
    if (end - start !== 4) throw new Violation('protocol-error', 'a malformed credit frame')
    if (this.find(id)?.receiveCredit(buffer.readUInt32BE(start)) === false) {
      throw new Violation('flow-control', 'more credit than there can be')
    }
  }

  #receiveReset(id: number, buffer: Buffer, start: number, end: number): void {
    if (end - start < 4) throw new Violation('protocol-error', 'a malformed reset frame')
    const stream = this.find(id)
    if (!stream) return
    const code = resetNames.get(buffer.readUInt32BE(start)) ?? 'internal'
    const detailEnd = Math.min(end, start + 4 + resetDetailBytesMax)
    const detail = buffer.toString('utf8', start + 4, detailEnd).replace(controlPattern, ' ')
    stream.lose(code, detail === '' ? `the other end gave up: ${code}` : detail)
  }

  #receiveControl(type: number, payload: Buffer): void {
    if (type === frameType.ping) this.#heartbeat.receivePing(payload)
    else if (type === frameType.pong) this.#heartbeat.receivePong(payload)
    else if (type === frameType.drain) this.#receiveDrain(payload)
    else if (type === frameType.refused) {
      const { code, message } = readRefusal(payload)
      this.#end({ code: 'refused', message, refusal: code })
    } else if (type === frameType.hello || type === frameType.welcome) {
      throw new Violation('protocol-error', 'a second handshake')
    } else this.receiveNews(type, payload)
  }

  #receiveDrain(payload: Buffer): void {
    const leftMs = payload.length === 4 ? payload.readUInt32BE(0) : this.limits.drainMs
    this.#drainReceived = true
    this.#announceDrain(leftMs)
    this.#resolveDraining(leftMs)
    this.#finishIfDrained()
  }

  #announceDrain(leftMs: number): void {
    if (this.#drainSent) return
    this.#drainSent = true
    this.writer.number(frameType.drain, 0, leftMs)
  }

  #finishIfDrained(): void {
    if (!this.#drainSent || !this.#drainReceived || this.streams.size > 0) return
    this.#end({ code: 'drained', message: 'drained' })
  }

  /** Gives each stream that has bytes and credit one turn after the other while the socket takes more. */
  #pump(): void {
    this.#heartbeat.settle(this.#socket.writableNeedDrain)
    if (this.#pumping || this.#ring.length === 0) return
    this.#pumping = true
    while (this.#ring.length > 0 && this.writer.room) {
      const stream = this.#ring.shift() as Stream
      stream.scheduled = false
      try {
        if (stream.takeTurn() && !stream.scheduled) {
          stream.scheduled = true
          this.#ring.push(stream)
        }
      } catch (thrown) {
        this.#contain(stream.id, thrown)
      }
    }
    this.#pumping = false
  }

  #rest(): void {
    for (const stream of this.streams.list()) stream.window.rest()
  }

  /** Nothing that a peer sends, and no handler that fails over it, gets any further than here. */
  #contain(id: number, thrown: unknown): void {
    if (thrown instanceof Violation) {
      const { code, message } = thrown
      this.#log.warn({ code, message }, 'tunnel: the other end broke the protocol')
      this.writer.frame(frameType.refused, 0, 0, writeRefusal(thrown))
      this.#end({ code: 'violated', message: thrown.message })
      return
    }
    this.#log.error({ error: thrown, stream: id }, 'tunnel: a stream handler failed')
    this.#quietly(() => this.streams.get(id)?.fail('internal', 'a stream handler failed'))
  }

  #lose(message: string): void {
    this.#end({ code: 'lost', message })
  }

  #end(end: LinkEnd): void {
    if (this.#ended) return
    this.#ended = end
    this.#reader.stop()
    this.#heartbeat.stop()
    clearTimeout(this.#deadline)
    this.#closeSocket(end)
    for (const stream of this.streams.list()) {
      this.#quietly(() => stream.lose('link-lost', end.message))
    }
    this.#ring.length = 0
    this.#resolveDraining(0)
    // After a drain the last answers may still be on their way out; whoever waits might end the process.
    if (end.code === 'drained') this.#socket.once('close', () => this.#resolveClosed(end))
    else this.#resolveClosed(end)
  }

  /** Lets the last frames out unless the connection is useless. */
  #closeSocket({ code }: LinkEnd): void {
    this.writer.flush()
    if (code === 'lost' || code === 'silent') {
      this.#socket.destroy()
      return
    }
    this.#socket.end()
    const lingerMs = code === 'drained' ? this.limits.drainMs : this.limits.closeMs
    const timer = setTimeout(() => this.#socket.destroy(), lingerMs)
    this.#socket.once('close', () => clearTimeout(timer))
  }

  #quietly(act: () => void): void {
    try {
      act()
    } catch (thrown) {
      this.#log.error({ error: thrown }, 'tunnel: a stream handler failed')
    }
  }
}

/** Where a head stands, and the body bytes that came in the same frame. */
export interface Head {
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
  readonly body: Buffer
}
