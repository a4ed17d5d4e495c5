import { ClosedStreams, type Ending } from './closed-streams.ts'
import {
  errorCodes,
  frameFlags,
  frameTypes,
  numbersFrame,
  pingFrame,
  settingsAck,
  windowDefaultBytes,
  windowMaxBytes,
} from './frame.ts'
import { FrameReader } from './frame-reader.ts'
import { HeadBlock } from './head-block.ts'
import { HpackDecoder } from './hpack-decoder.ts'
import { Http2Error } from './http2-error.ts'
import type { Http2Limits } from './limits.ts'
import { type Http2RequestHead, readRequestHead, readTrailers } from './request-head.ts'
import type { Sender } from './sender.ts'
import { readSettings } from './settings.ts'
import { ConnectStream, Http2Stream, type StreamHost } from './stream.ts'

/** The connection as its receiver sees it. */
export interface ReceiverHost extends StreamHost {
  readonly limits: Http2Limits
  giveConnectionCredit(bytes: number): void
  countReset(): void
  countIdleFrame(): void
  onPong(payload: Buffer): void
  /** The client has reset the stream. */
  closed(stream: Http2Stream): void
}

// DATA smaller than this costs more than it carries.
const tinyBytes = 64
const priorityBytes = 5
const numberBytes = 4
const pingBytes = 8

/** Everything one client sends: frames by the rules of RFC 9113, into requests and their bodies. */
export class Receiver {
  readonly #host: ReceiverHost
  readonly #sender: Sender
  readonly #decoder: HpackDecoder
  readonly #reader = new FrameReader((...frame) => this.#take(...frame))
  readonly #streams = new Map<number, Http2Stream>()
  readonly #closed = new ClosedStreams()
  #arrivals: Http2Stream[] = []
  #block: HeadBlock | undefined
  #refused = 0
  #initialWindow = windowDefaultBytes
  /** DATA that we take over all streams. */
  window: number
  /** The client's SETTINGS are here. */
  greeted = false
  /** New requests are not answered any more. */
  refusing = false
  /** Heads that have come to their end. */
  heads = 0
  lastStream = 0

  constructor(host: ReceiverHost, sender: Sender) {
    this.#host = host
    this.#sender = sender
    this.#decoder = new HpackDecoder(host.limits)
    // RFC 9113 §6.9.2: a client has this much before it has read anything of us.
    this.window = Math.max(host.limits.connectionWindowBytes, windowDefaultBytes)
  }

  get streams(): ReadonlyMap<number, Http2Stream> {
    return this.#streams
  }

  /** A part of a head is here, and not the rest. */
  get waitsForHead(): boolean {
    return this.#block !== undefined || this.#reader.waitsForHead
  }

  /** Takes what came. Throws an Http2Error or HpackError when the connection has to end. */
  push(chunk: Buffer): void {
    this.#reader.push(chunk)
  }

  /** The requests that have come since the last time. */
  takeArrivals(): readonly Http2Stream[] {
    const arrivals = this.#arrivals
    if (arrivals.length > 0) this.#arrivals = []
    return arrivals
  }

  remove(stream: Http2Stream, ending: Ending): void {
    this.#streams.delete(stream.id)
    this.#closed.add(stream.id, ending)
    this.#sender.drop(stream)
    stream.close()
  }

  /** The connection is over. */
  closeAll(): void {
    for (const stream of this.#streams.values()) this.remove(stream, 'refused')
    this.#arrivals = []
  }

  #take(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    const block = this.#block
    if (block && (type !== frameTypes.continuation || id !== block.stream)) {
      throw new Http2Error(errorCodes.protocol, 'something else within a head')
    }
    if (!this.greeted && (type !== frameTypes.settings || (flags & frameFlags.ack) !== 0)) {
      throw new Http2Error(errorCodes.protocol, 'no SETTINGS first')
    }
    if (type === frameTypes.data) this.#onData(flags, id, bytes, start, end)
    else if (type === frameTypes.headers) this.#onHeaders(flags, id, bytes, start, end)
    else this.#onControl(type, flags, id, bytes, start, end)
  }

  #onControl(
    type: number,
    flags: number,
    id: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    this.#host.countIdleFrame()
    if (type === frameTypes.windowUpdate) this.#onWindowUpdate(id, bytes, start, end)
    else if (type === frameTypes.continuation) this.#onContinuation(flags, bytes, start, end)
    else if (type === frameTypes.reset) this.#onReset(id, end - start)
    else if (type === frameTypes.settings) this.#onSettings(flags, id, bytes, start, end)
    else if (type === frameTypes.ping) this.#onPing(flags, id, bytes, start, end)
    else if (type === frameTypes.priority) this.#onPriority(id, bytes, start, end)
    else if (type === frameTypes.goaway) requireStream(id === 0)
    else if (type === frameTypes.pushPromise) throw new Http2Error(errorCodes.protocol, 'a push')
    // RFC 9113 §5.5: frames that nobody knows are ignored.
  }

  #onHeaders(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    requireStream(id % 2 === 1)
    let from = start
    let to = end
    if ((flags & frameFlags.padded) !== 0) {
      to -= bytes[from++] ?? 0
    }
    if ((flags & frameFlags.priority) !== 0) {
      if (to - from < priorityBytes) throw new Http2Error(errorCodes.frameSize, 'half a priority')
      refuseSelfDependency(id, bytes, from)
      from += priorityBytes
    }
    if (from > to || start === end) throw new Http2Error(errorCodes.protocol, 'padding')
    if ((flags & frameFlags.endHeaders) !== 0) {
      this.#onBlock(id, flags, bytes, from, to)
      return
    }
    this.#block = new HeadBlock(id, flags, this.#host.limits)
    this.#block.add(bytes.subarray(from, to))
  }

  #onContinuation(flags: number, bytes: Buffer, start: number, end: number): void {
    const block = this.#block
    if (!block) throw new Http2Error(errorCodes.protocol, 'CONTINUATION of nothing')
    block.add(bytes.subarray(start, end))
    if ((flags & frameFlags.endHeaders) === 0) return
    this.#block = undefined
    const whole = block.bytes
    this.#onBlock(block.stream, block.flags, whole, 0, whole.length)
  }

  #onBlock(id: number, flags: number, bytes: Buffer, start: number, end: number): void {
    this.heads += 1
    // Whatever becomes of it, the next block is read by what this one says.
    const fields = this.#decoder.decode(bytes, start, end)
    const ended = (flags & frameFlags.endStream) !== 0
    const stream = this.#streams.get(id)
    if (stream) {
      if (stream.remoteEnded) {
        this.#fault(stream, errorCodes.streamClosed)
        return
      }
      const trailers = ended && fields ? readTrailers(fields) : undefined
      if (!trailers || !stream.body?.end(trailers)) this.#fault(stream, errorCodes.protocol)
      else stream.receivedEnd()
      return
    }
    if (id <= this.lastStream) {
      this.#onClosedStream(id, errorCodes.protocol)
      return
    }
    // What came after our GOAWAY is asked again elsewhere (RFC 9113 §6.8).
    if (this.refusing) return
    this.lastStream = id
    if (this.#streams.size >= this.#host.limits.streamsMax) {
      this.#refuse(id)
      return
    }
    const request = fields && readRequestHead(fields)
    const short = ended && (request?.contentLength ?? 0) > 0
    if (!fields) this.#refuseHead(id, errorCodes.enhanceYourCalm)
    else if (!request || short) this.#refuseHead(id, errorCodes.protocol)
    else this.#open(id, request, ended)
  }

  #open(id: number, request: Http2RequestHead, ended: boolean): void {
    const Kind = request.protocol === undefined ? Http2Stream : ConnectStream
    const stream = new Kind(this.#host, id, request, ended, this.#initialWindow)
    this.#streams.set(id, stream)
    this.#arrivals.push(stream)
  }

  #onData(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    requireStream(id !== 0)
    this.window -= end - start
    if (this.window < 0) throw new Http2Error(errorCodes.flowControl, 'more than the window')
    const padding = (flags & frameFlags.padded) === 0 ? 0 : 1 + (bytes[start] ?? 0)
    if (padding > end - start) throw new Http2Error(errorCodes.protocol, 'padding')
    const ended = (flags & frameFlags.endStream) !== 0
    const from = padding === 0 ? start : start + 1
    const to = padding === 0 ? end : end - padding + 1
    if (to - from < tinyBytes && !ended) this.#host.countIdleFrame()
    const stream = this.#streams.get(id)
    if (!stream?.body || stream.remoteEnded) {
      this.#host.giveConnectionCredit(end - start)
      if (stream) this.#fault(stream, errorCodes.streamClosed)
      else this.#onClosedStream(id, errorCodes.streamClosed)
      return
    }
    stream.receiveWindow -= end - start
    if (padding > 0) this.#host.giveCredit(stream, padding)
    if (stream.receiveWindow < 0) {
      this.#fault(stream, errorCodes.flowControl, to - from)
      return
    }
    if (!stream.body.receive(bytes.subarray(from, to))) {
      this.#fault(stream, errorCodes.protocol, to - from)
      return
    }
    if (!ended || stream.closed) return
    if (stream.body.end([])) stream.receivedEnd()
    else this.#fault(stream, errorCodes.protocol)
  }

  #onWindowUpdate(id: number, bytes: Buffer, start: number, end: number): void {
    requireSize(end - start === numberBytes)
    const increment = bytes.readUInt32BE(start) & 0x7fffffff
    if (id === 0) {
      if (increment === 0) throw new Http2Error(errorCodes.protocol, 'a window update of nothing')
      this.#sender.widen(increment)
      if (this.#sender.window > windowMaxBytes) throw overflow()
      return
    }
    const stream = this.#streams.get(id)
    if (!stream) {
      requireStream(id <= this.lastStream || this.refusing)
      return
    }
    if (increment === 0) {
      this.#fault(stream, errorCodes.protocol)
      return
    }
    stream.sendWindow += increment
    if (stream.sendWindow > windowMaxBytes) {
      this.#fault(stream, errorCodes.flowControl)
      return
    }
    this.#sender.wake(stream)
  }

  #onReset(id: number, length: number): void {
    requireSize(length === numberBytes)
    requireStream(id !== 0 && (id <= this.lastStream || this.refusing))
    const stream = this.#streams.get(id)
    if (!stream) return
    this.#host.closed(stream)
    this.#host.countReset()
  }

  #onSettings(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    requireStream(id === 0)
    if ((flags & frameFlags.ack) !== 0) {
      requireSize(start === end)
      return
    }
    const { headerTableSize, initialWindowSize } = readSettings(bytes, start, end)
    this.greeted = true
    if (headerTableSize !== undefined) this.#sender.encoder.limitTable(headerTableSize)
    if (initialWindowSize !== undefined) this.#changeWindows(initialWindowSize)
    this.#sender.control(settingsAck)
  }

  #changeWindows(initial: number): void {
    const change = initial - this.#initialWindow
    this.#initialWindow = initial
    for (const stream of this.#streams.values()) {
      stream.sendWindow += change
      if (stream.sendWindow > windowMaxBytes) throw overflow()
      this.#sender.wake(stream)
    }
  }

  #onPing(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    requireStream(id === 0)
    requireSize(end - start === pingBytes)
    const payload = bytes.subarray(start, end)
    if ((flags & frameFlags.ack) !== 0) this.#host.onPong(payload)
    else this.#sender.control(pingFrame(payload, true))
  }

  // RFC 9113 §5.3.2 has done away with what it says, not with how it looks.
  #onPriority(id: number, bytes: Buffer, start: number, end: number): void {
    requireStream(id !== 0)
    requireSize(end - start === priorityBytes)
    refuseSelfDependency(id, bytes, start)
  }

  /** A frame on a stream that is not open. */
  #onClosedStream(id: number, unknown: number): void {
    if (id > this.lastStream && !this.refusing) {
      throw new Http2Error(errorCodes.protocol, 'a stream that was never opened')
    }
    const ending = this.#closed.get(id)
    // The client could not know yet.
    if (ending === 'refused' || (ending === undefined && this.refusing)) return
    const code = ending === undefined ? unknown : errorCodes.streamClosed
    throw new Http2Error(code, 'a stream that is closed')
  }

  /** One request too many (RFC 9113 §5.1.2). */
  #refuse(id: number): void {
    this.#sender.control(numbersFrame(frameTypes.reset, id, errorCodes.refusedStream))
    this.#closed.add(id, 'refused')
    this.#refused += 1
    if (this.#refused > this.#host.limits.refusedStreamsMax) {
      throw new Http2Error(errorCodes.enhanceYourCalm, 'too many requests at once')
    }
  }

  /** A head that is malformed, or larger than anybody reads. */
  #refuseHead(id: number, code: number): void {
    this.#sender.control(numbersFrame(frameTypes.reset, id, code))
    this.#closed.add(id, 'refused')
    this.#host.countReset()
  }

  /** The client does something on a stream that it must not (RFC 9113 §5.4.2). */
  #fault(stream: Http2Stream, code: number, unreadBytes = 0): void {
    if (unreadBytes > 0) this.#host.giveConnectionCredit(unreadBytes)
    stream.reset(code)
    this.#host.countReset()
  }
}

function requireStream(fits: boolean): void {
  if (!fits) throw new Http2Error(errorCodes.protocol, 'a frame on the wrong stream')
}

function requireSize(fits: boolean): void {
  if (!fits) throw new Http2Error(errorCodes.frameSize, 'a frame of the wrong size')
}

function refuseSelfDependency(id: number, bytes: Buffer, at: number): void {
  if ((bytes.readUInt32BE(at) & 0x7fffffff) !== id) return
  throw new Http2Error(errorCodes.protocol, 'a stream that depends on itself')
}

function overflow(): Http2Error {
  return new Http2Error(errorCodes.flowControl, 'a window past 2^31-1')
}
