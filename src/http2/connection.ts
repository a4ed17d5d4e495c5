import type { Socket } from 'node:net'
import type { RawHeaders } from '../http/headers.ts'
import { Budget } from './budget.ts'
import {
  errorCodes,
  frameTypes,
  numbersFrame,
  pingFrame,
  preface,
  settingsFrame,
  streamIdMax,
  windowDefaultBytes,
} from './frame.ts'
import { HpackError } from './hpack-decoder.ts'
import { Http2Error } from './http2-error.ts'
import type { Http2Limits } from './limits.ts'
import { Receiver, type ReceiverHost } from './receiver.ts'
import { Sender } from './sender.ts'
import { ownSettings } from './settings.ts'
import type { Http2Stream } from './stream.ts'

export interface Http2ConnectionOptions {
  readonly limits: Http2Limits
  /** A request whose head is whole and well-formed. */
  readonly onRequest: (stream: Http2Stream, connection: Http2Connection) => void
  /** The connection was ended because of the client. */
  readonly onRefused: (because: string) => void
  /** `onRequest`, or a reader or writer of a stream, threw. */
  readonly onBug: (error: unknown) => void
}

// What a fast reader acknowledges: a WINDOW_UPDATE for each so many bytes that it takes is nothing odd.
const bytesPerAcknowledgement = 1024
const drainPing = Buffer.from('draining')

/**
 * The server's end of one HTTP/2 connection (RFC 9113). What never begins, never ends, is never read, is reset again and
 * again, or carries nothing, is ended here. [F8]
 */
export class Http2Connection implements ReceiverHost {
  readonly socket: Socket
  readonly limits: Http2Limits
  readonly #options: Http2ConnectionOptions
  readonly #sender: Sender
  readonly #receiver: Receiver
  readonly #resets: Budget
  readonly #frames: Budget
  #prefaceLeft: Buffer | undefined = preface
  #nowMs = performance.now()
  #quietSinceMs = this.#nowMs
  /** Heads that are begun and not ended: since when, and which. */
  #headSinceMs: number | undefined
  #headCount = 0
  #drainingSinceMs: number | undefined
  #endedAtMs: number | undefined
  #owedCredit = 0

  /** The socket needs an error listener of its own; what it has read already is in it. */
  constructor(socket: Socket, options: Http2ConnectionOptions) {
    const { limits } = options
    this.socket = socket
    this.limits = limits
    this.#options = options
    this.#resets = new Budget(limits.resetBurst, limits.resetsPerSecond, this.#nowMs)
    this.#frames = new Budget(limits.idleFrameBurst, limits.idleFramesPerSecond, this.#nowMs)
    this.#sender = new Sender(socket, (bytes) => this.#frames.give(bytes / bytesPerAcknowledgement))
    this.#receiver = new Receiver(this, this.#sender)
    this.#sender.control(settingsFrame(ownSettings(limits)))
    const more = limits.connectionWindowBytes - windowDefaultBytes
    if (more > 0) this.#sender.control(numbersFrame(frameTypes.windowUpdate, 0, more))
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    socket.on('close', () => this.#receiver.closeAll())
  }

  /** Takes no new requests; those under way end in peace (RFC 9113 §6.8). */
  drain(): void {
    if (this.#drainingSinceMs !== undefined || this.#endedAtMs !== undefined) return
    this.#drainingSinceMs = this.#nowMs = performance.now()
    // The first one says that it is over soon; requests that are on their way are still taken.
    this.#sender.control(numbersFrame(frameTypes.goaway, 0, streamIdMax, errorCodes.none))
    this.#sender.control(pingFrame(drainPing, false))
  }

  /** Looks after the connection; `elapsedMs` have passed since the last time. */
  sweep(nowMs: number, elapsedMs: number): void {
    this.#nowMs = nowMs
    if (this.#endedAtMs !== undefined) {
      if (this.#isPast(this.#endedAtMs, this.limits.closeTimeoutMs)) this.socket.destroy()
      return
    }
    const { waitingSinceMs } = this.#sender
    if (
      waitingSinceMs !== undefined &&
      this.#isPast(waitingSinceMs, this.limits.writeIdleTimeoutMs)
    ) {
      this.#options.onRefused('nothing is read')
      this.socket.destroy()
      return
    }
    for (const stream of this.#receiver.streams.values()) stream.sweep(elapsedMs)
    this.#sweepHead()
    this.#sweepQuiet()
  }

  // What follows is for streams and for the receiver.

  get sendWindow(): number {
    return this.#sender.window
  }

  get congested(): boolean {
    return this.#sender.congested
  }

  writeHead(stream: Http2Stream, status: number, headers: RawHeaders, end: boolean): void {
    this.#sender.head(stream.id, status, headers, end)
  }

  writeWhole(stream: Http2Stream, status: number, headers: RawHeaders, body: Uint8Array): void {
    this.#sender.whole(stream, status, headers, body)
  }

  wantsToSend(stream: Http2Stream): void {
    this.#sender.wake(stream)
  }

  giveCredit(stream: Http2Stream, bytes: number): void {
    this.giveConnectionCredit(bytes)
    stream.owedCredit += bytes
    if (stream.owedCredit < this.limits.streamWindowBytes / 2) return
    if (stream.closed || stream.remoteEnded) return
    this.#sender.control(numbersFrame(frameTypes.windowUpdate, stream.id, stream.owedCredit))
    stream.receiveWindow += stream.owedCredit
    stream.owedCredit = 0
  }

  /** Bytes of DATA that take no room any more, whichever stream they were for. */
  giveConnectionCredit(bytes: number): void {
    this.#owedCredit += bytes
    if (this.#owedCredit < this.limits.connectionWindowBytes / 2) return
    this.#sender.control(numbersFrame(frameTypes.windowUpdate, 0, this.#owedCredit))
    this.#receiver.window += this.#owedCredit
    this.#owedCredit = 0
  }

  reset(stream: Http2Stream, code: number): void {
    this.#sender.control(numbersFrame(frameTypes.reset, stream.id, code))
    this.#receiver.remove(stream, 'refused')
    this.#noteQuiet()
  }

  forget(stream: Http2Stream): void {
    this.#receiver.remove(stream, 'ended')
    this.#noteQuiet()
  }

  closed(stream: Http2Stream): void {
    this.#receiver.remove(stream, 'reset')
    this.#noteQuiet()
  }

  /** A stream ended through the client, or through its fault. Throws an Http2Error when there were too many. */
  countReset(): void {
    if (this.#resets.take(1, this.#nowMs)) return
    throw new Http2Error(errorCodes.enhanceYourCalm, 'too many streams that are reset')
  }

  /** A frame that carries nothing. Throws an Http2Error when there were too many. */
  countIdleFrame(): void {
    if (this.#frames.take(1, this.#nowMs)) return
    throw new Http2Error(errorCodes.enhanceYourCalm, 'too many frames that carry nothing')
  }

  /** A PING was answered. */
  onPong(payload: Buffer): void {
    if (payload.equals(drainPing)) this.#sayFarewell()
  }

  #onData(chunk: Buffer): void {
    // The client is to read our GOAWAY before its socket is gone; until then nobody listens.
    if (this.#endedAtMs !== undefined) return
    this.#nowMs = performance.now()
    try {
      const rest = this.#prefaceLeft ? this.#readPreface(chunk, this.#prefaceLeft) : chunk
      if (rest.length > 0) this.#receiver.push(rest)
    } catch (thrown) {
      this.#fail(thrown)
    }
    for (const stream of this.#receiver.takeArrivals()) this.#begin(stream)
    if (this.#sender.waitingBytes > this.limits.outgoingBytesMax) {
      this.#options.onRefused('nothing is read')
      this.socket.destroy()
    }
  }

  #begin(stream: Http2Stream): void {
    // Reset in the same breath: nobody waits for an answer.
    if (stream.closed) return
    try {
      this.#options.onRequest(stream, this)
    } catch (error) {
      this.#options.onBug(error)
      stream.reset(errorCodes.internal)
    }
  }

  #readPreface(chunk: Buffer, left: Buffer): Buffer {
    const length = Math.min(chunk.length, left.length)
    if (chunk.compare(left, 0, length, 0, length) !== 0) {
      throw new Http2Error(errorCodes.protocol, 'no preface')
    }
    this.#prefaceLeft = length === left.length ? undefined : left.subarray(length)
    return chunk.subarray(length)
  }

  #fail(thrown: unknown): void {
    if (thrown instanceof Http2Error) this.#end(thrown.code, thrown.message)
    else if (thrown instanceof HpackError) this.#end(errorCodes.compression, thrown.message)
    else {
      this.#options.onBug(thrown)
      this.#end(errorCodes.internal, 'a bug')
    }
  }

  #end(code: number, because: string): void {
    if (this.#endedAtMs !== undefined) return
    this.#endedAtMs = this.#nowMs
    if (code !== errorCodes.none) this.#options.onRefused(because)
    this.#sender.control(numbersFrame(frameTypes.goaway, 0, this.#receiver.lastStream, code))
    this.#receiver.closeAll()
    this.#sender.flush()
    this.socket.end()
  }

  /** From now on the client knows which requests are still taken: none that is not here. */
  #sayFarewell(): void {
    if (this.#receiver.refusing || this.#endedAtMs !== undefined) return
    this.#receiver.refusing = true
    const { lastStream } = this.#receiver
    this.#sender.control(numbersFrame(frameTypes.goaway, 0, lastStream, errorCodes.none))
    this.#noteQuiet()
  }

  #noteQuiet(): void {
    if (this.#receiver.streams.size > 0) return
    this.#quietSinceMs = this.#nowMs
    if (!this.#receiver.refusing) return
    // The last answer was given.
    this.#endedAtMs ??= this.#nowMs
    this.#sender.flush()
    this.socket.end()
  }

  #sweepHead(): void {
    const { waitsForHead, heads } = this.#receiver
    const begun = this.#prefaceLeft !== undefined || !this.#receiver.greeted || waitsForHead
    if (!begun || heads !== this.#headCount) this.#headSinceMs = undefined
    this.#headCount = heads
    if (!begun) return
    this.#headSinceMs ??= this.#nowMs
    if (this.#isPast(this.#headSinceMs, this.limits.headersTimeoutMs)) {
      this.#end(errorCodes.enhanceYourCalm, 'a head that does not end')
    }
  }

  #sweepQuiet(): void {
    const { closeTimeoutMs, idleTimeoutMs } = this.limits
    // Whoever does not answer a PING is not asked twice.
    if (
      this.#drainingSinceMs !== undefined &&
      this.#isPast(this.#drainingSinceMs, closeTimeoutMs)
    ) {
      this.#sayFarewell()
    }
    if (this.#receiver.streams.size > 0) return
    if (this.#isPast(this.#quietSinceMs, idleTimeoutMs)) this.#end(errorCodes.none, 'quiet')
  }

  #isPast(sinceMs: number, limitMs: number): boolean {
    return this.#nowMs - sinceMs >= limitMs
  }
}
