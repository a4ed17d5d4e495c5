import type { RawHeaders } from '../http/headers.ts'
import { keepWaiting } from '../http/waiting-bytes.ts'
import { type OutboundStream, type RequestHandler, type ResetCode, resetCodes } from './exchange.ts'
import { flagEnd, frameType } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'
import { writeTrailers } from './head.ts'
import { inlineBodyBytesMax, resetDetailBytesMax, type TunnelLimits, turnBytes } from './limits.ts'
import { type GrowthBudget, ReceiveWindow } from './window.ts'

const nothing = new Uint8Array(0)

/** What a stream needs of its link. */
export interface StreamHost {
  readonly writer: FrameWriter
  readonly limits: TunnelLimits
  readonly budget: GrowthBudget
  /** Credit for a new stream that the peer granted in the handshake. */
  readonly peerCreditBytes: number
  /** The stream has bytes and credit: give it its turns. */
  schedule(stream: Stream): void
  forget(stream: Stream): void
}

/** One end of one stream: queue, credit, end and reset. What a head means is left to the two ends. */
export abstract class Stream implements OutboundStream {
  readonly id: number
  readonly window: ReceiveWindow
  onDrain: (() => void) | undefined
  /** Kept by the link: whether the stream waits for its turn. */
  scheduled = false
  protected readonly host: StreamHost
  #handler: RequestHandler | undefined
  #loss: { readonly code: ResetCode; readonly message: string } | undefined
  #closed = false
  #credit: number
  #queue: Uint8Array[] = []
  #queueBytes = 0
  #writerWaits = false
  #trailers: string | undefined
  #endSent = false
  #endReceived = false

  constructor(host: StreamHost, id: number) {
    this.host = host
    this.id = id
    this.window = new ReceiveWindow(host.limits, host.budget)
    this.#credit = host.peerCreditBytes
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Whom to tell. What was lost before there was a handler is told now. */
  listen(handler: RequestHandler): void {
    if (!this.#closed) this.#handler = handler
    else if (this.#loss) handler.onError(this.#loss.code, this.#loss.message)
  }

  write(chunk: Uint8Array): boolean {
    if (this.#closed || this.#ending || chunk.length === 0) return true
    if (this.#queueBytes === 0 && chunk.length <= this.#credit && this.host.writer.room) {
      this.#sendWhole(chunk)
      return true
    }
    // Judged before this chunk: one chunk of any size is memory that the writer has already.
    if (this.#queueBytes > this.host.limits.queueBytesMax) {
      this.fail('flow-control', 'bytes were written faster than the stream takes them')
      return true
    }
    keepWaiting(this.#queue, chunk)
    this.#queueBytes += chunk.length
    if (this.#credit > 0) this.host.schedule(this)
    this.#writerWaits = this.#queueBytes >= this.host.limits.queueBytes
    return !this.#writerWaits
  }

  end(trailers: RawHeaders = []): void {
    if (this.#closed || this.#ending) return
    const text = writeTrailers(trailers)
    if (text === undefined) {
      this.fail('protocol-error', 'trailers that cannot be sent')
      return
    }
    this.#trailers = text
    if (this.#queueBytes === 0) this.#sendEnd(text)
  }

  reset(code: ResetCode, detail = ''): void {
    if (this.#closed) return
    // A UTF-16 unit is at most 3 bytes of UTF-8.
    const sentence = detail.slice(0, resetDetailBytesMax / 4)
    this.host.writer.number(frameType.reset, this.id, resetCodes[code], sentence)
    this.close()
  }

  grant(bytes: number): void {
    if (this.#closed || this.#endReceived) return
    const credit = this.window.pass(bytes)
    if (credit > 0) this.host.writer.number(frameType.credit, this.id, credit)
  }

  /** One turn of at most `turnBytes`. Returns whether another one is wanted. */
  takeTurn(): boolean {
    let quota = turnBytes
    while (quota > 0 && this.#credit > 0 && this.#queueBytes > 0) quota -= this.#sendFirst(quota)
    if (this.#queueBytes > 0) return this.#credit > 0
    if (this.#closed) return false
    if (this.#trailers !== undefined) this.#sendEnd(this.#trailers)
    else this.#releaseWriter()
    return false
  }

  /** Credit from the peer. Returns false when the sum is one no honest peer grants. */
  receiveCredit(bytes: number): boolean {
    this.#credit += bytes
    if (this.#credit > 0x7fff_ffff) return false
    if (this.#queueBytes > 0) this.host.schedule(this)
    return true
  }

  /** Bytes from the peer. Throws `Violation` when there was no credit for them. */
  receiveData(piece: Buffer): void {
    this.window.receive(piece.length)
    if (this.#endReceived) this.fail('protocol-error', 'data behind the end')
    else this.#handler?.onData(piece)
  }

  receiveEnd(trailers: RawHeaders): void {
    if (this.#endReceived) {
      this.fail('protocol-error', 'a second end')
      return
    }
    const handler = this.#handler
    this.noteEndReceived()
    handler?.onEnd(trailers)
  }

  /** The peer gave up, or the link is gone: nothing is sent, the handler is told, once. */
  lose(code: ResetCode, message: string): void {
    if (this.#closed) return
    const handler = this.#handler
    this.close()
    if (handler) handler.onError(code, message)
    else this.#loss = { code, message }
  }

  /** This end gives up: the peer and the handler are told. */
  fail(code: ResetCode, message: string): void {
    if (this.#closed) return
    const handler = this.#handler
    this.reset(code, message)
    if (handler) handler.onError(code, message)
    else this.#loss = { code, message }
  }

  /** The head and what is there of the body, in one frame if the body is short; `end` when it is all. */
  protected sendHead(text: string, body: Uint8Array, end: boolean): void {
    const inline = body.length <= inlineBodyBytesMax
    this.host.writer.head(inline && end ? flagEnd : 0, this.id, text, inline ? body : nothing)
    if (!inline) this.write(body)
    if (!end) return
    if (inline) this.noteEndSent()
    else this.end()
  }

  protected noteEndReceived(): void {
    this.#endReceived = true
  }

  protected noteEndSent(): void {
    this.#endSent = true
  }

  protected close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#queue = []
    this.#queueBytes = 0
    this.window.close()
    this.host.forget(this)
    // A source that was told to wait would wait for ever; what it writes now is dropped.
    this.#releaseWriter()
    // A stream may outlive its end when the collector has not got to it: it holds nothing of its request then.
    this.#handler = undefined
    this.onDrain = undefined
  }

  get #ending(): boolean {
    return this.#endSent || this.#trailers !== undefined
  }

  #releaseWriter(): void {
    if (!this.#writerWaits) return
    this.#writerWaits = false
    this.onDrain?.()
  }

  #sendEnd(trailers: string): void {
    this.host.writer.end(this.id, trailers)
    this.noteEndSent()
  }

  #sendWhole(chunk: Uint8Array): void {
    this.#credit -= chunk.length
    for (let at = 0; at < chunk.length; at += turnBytes) {
      const part = chunk.length <= turnBytes ? chunk : chunk.subarray(at, at + turnBytes)
      this.host.writer.frame(frameType.data, 0, this.id, part)
    }
  }

  /** Sends what it can of the first chunk in the queue, in one frame; returns how many bytes that were. */
  #sendFirst(quota: number): number {
    const chunk = this.#queue[0] as Uint8Array
    const bytes = Math.min(chunk.length, this.#credit, quota)
    this.host.writer.frame(frameType.data, 0, this.id, chunk.subarray(0, bytes))
    if (bytes === chunk.length) this.#queue.shift()
    else this.#queue[0] = chunk.subarray(bytes)
    this.#queueBytes -= bytes
    this.#credit -= bytes
    return bytes
  }
}
