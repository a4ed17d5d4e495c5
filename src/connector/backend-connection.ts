import type { Socket } from 'node:net'
import type { RawHeaders } from '../http/headers.ts'
import { chunkStart, lastChunk } from '../http1/write-head.ts'
import type { ResetCode } from '../tunnel/exchange.ts'
import { afterPoll, type Polled } from './after-poll.ts'
import { AnswerReader, type AnswerSink } from './answer-reader.ts'
import type {
  AnswerListener,
  BackendExchange,
  BackendTransport,
  ByteReceiver,
} from './backend-exchange.ts'
import { brokenCode, systemCode } from './backend-failure.ts'
import { readBuffer } from './backend-socket.ts'
import type { OutgoingRequest } from './request-head.ts'
import { writeRequestHead } from './request-writer.ts'

/** Whom a connection tells that it may be used again, or never again. */
export interface ConnectionOwner {
  onIdle(connection: BackendConnection): void
  /** It carries a WebSocket until it is gone. */
  onSwitched(connection: BackendConnection): void
  onGone(connection: BackendConnection): void
}

/** One HTTP/1.1 connection to a backend: one request after the other, each answered before the next. */
export class BackendConnection implements BackendTransport, BackendExchange, AnswerSink, Polled {
  /** Whose credentials it carries; such a connection is never used for anybody else. */
  boundTo: string | undefined = undefined
  /** Kept by the owner, by the monotonic clock. */
  idleUntilMs = 0
  readonly #owner: ConnectionOwner
  readonly #socket: Socket
  readonly #reader = new AnswerReader(this)
  #listener: AnswerListener | undefined
  #receiver: ByteReceiver | undefined
  #chunked = false
  /** The whole request has been given to the socket, and it was no upgrade. */
  #requestSent = true
  #answering = false
  #paused = false
  #corked = false

  /** `socket` is open, and its bytes come to `receive`. */
  constructor(owner: ConnectionOwner, socket: Socket) {
    this.#owner = owner
    this.#socket = socket
    socket.on('drain', () => this.#listener?.onDrain())
    socket.on('end', () => this.#onEnd())
    socket.on('error', (error: Error) => this.#onError(error))
    socket.on('close', () => {
      this.#break('backend-reset', 'closed')
      owner.onGone(this)
    })
  }

  /** Whether the next request may go out on it. */
  get usable(): boolean {
    return this.#listener === undefined && this.#socket.writable && this.#socket.readable
  }

  /** What the backend allows of idleness, if it says so. */
  get idleLimitMs(): number | undefined {
    return this.#reader.idleLimitMs
  }

  ask(
    request: OutgoingRequest,
    first: Buffer,
    end: boolean,
    listener: AnswerListener,
  ): BackendExchange {
    this.#listener = listener
    this.#chunked = request.chunked
    this.#requestSent = end && request.upgrade === undefined
    this.#answering = false
    this.#reader.expect(request)
    const head = writeRequestHead(request)
    if (first.length === 0) {
      this.#socket.write(head, 'latin1')
      return this
    }
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    this.#writeBody(first)
    this.#socket.uncork()
    return this
  }

  write(chunk: Buffer): boolean {
    // A backend that has closed takes no more; what became of the request is told by its answer or the lack of one.
    if (!this.#socket.writable) return true
    this.#cork()
    return this.#writeBody(chunk)
  }

  end(trailers: RawHeaders): void {
    this.#requestSent = true
    if (this.#chunked && this.#socket.writable) {
      this.#socket.write(lastChunk(trailers), 'latin1')
    }
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#socket.resume()
  }

  abort(): void {
    this.#listener = undefined
    this.#reader.stop()
    this.#socket.destroy()
  }

  /** Ends it, whatever is under way. */
  close(): void {
    this.#break('draining', 'the connector is stopping')
    this.#socket.destroy()
  }

  /** `length` bytes have come into the buffer that all sockets share. False: read no more until `resume`. */
  receive(length: number): boolean {
    const bytes = readBuffer.subarray(0, length)
    if (this.#receiver) return this.#receiver(Buffer.from(bytes))
    if (!this.#listener) {
      // Nobody asked: whoever came next on this connection would take these bytes for an answer.
      this.#socket.destroy()
      return true
    }
    this.#answering = true
    const used = this.#reader.push(bytes)
    if (this.#listener) this.#listener.onRead()
    else this.#finish(bytes.subarray(used))
    return !this.#paused
  }

  // --- What the reader says ---

  onInformation(status: number, headers: RawHeaders): void {
    this.#listener?.onInformation(status, headers)
  }

  onAnswer(
    status: number,
    headers: RawHeaders,
    bodyLength: number | undefined,
    reason?: string,
  ): void {
    this.#listener?.onAnswer(status, headers, bodyLength, reason)
  }

  onBody(chunk: Buffer): void {
    if (this.#listener?.onBody(chunk) === false) this.#paused = true
  }

  onAnswerEnd(trailers: RawHeaders): void {
    const listener = this.#listener
    this.#listener = undefined
    listener?.onAnswerEnd(trailers)
  }

  onSwitch(headers: RawHeaders): void {
    const listener = this.#listener
    this.#listener = undefined
    this.#receiver = listener?.onSwitch(headers, this.#socket)
    this.#owner.onSwitched(this)
  }

  onRubbish(problem: string): void {
    this.#break('backend-rubbish', problem)
  }

  // --- Parts of the above ---

  #writeBody(chunk: Buffer): boolean {
    if (!this.#chunked) return this.#socket.write(chunk)
    this.#socket.write(chunkStart(chunk.length), 'latin1')
    this.#socket.write(chunk)
    return this.#socket.write('\r\n', 'latin1')
  }

  /** The answer is over; `rest` came behind it. */
  #finish(rest: Buffer): void {
    if (this.#receiver) {
      if (rest.length > 0) this.#paused = !this.#receiver(Buffer.from(rest))
      return
    }
    this.#paused = false
    // The rest of a body would be read as the next request; a long one that nobody reads would hold it up.
    const clean = this.#requestSent && !this.#socket.writableNeedDrain && rest.length === 0
    if (clean && this.#reader.persistent && this.usable) this.#owner.onIdle(this)
    else this.#socket.destroy()
  }

  #onEnd(): void {
    if (this.#receiver) return
    if (this.#listener) this.#reader.finish()
    this.#break('backend-reset', 'closed')
    this.#socket.destroy()
  }

  #onError(error: Error): void {
    this.#break(brokenCode(error), systemCode(error), error)
  }

  #break(code: ResetCode, detail: string, cause?: Error): void {
    const listener = this.#listener
    if (!listener) return
    this.abort()
    const cut = code === 'backend-reset' && this.#answering
    listener.onFailure({
      code: cut ? 'backend-truncated' : code,
      detail,
      cause,
      repeat: code === 'backend-reset' && !cut ? 'harmless' : 'never',
    })
  }

  // Body bytes leave when what the backend has said has been read, and in one call. A backend that refuses an upload and
  // closes would otherwise be written to, and its refusal lost in the error.
  #cork(): void {
    if (this.#corked) return
    this.#corked = true
    this.#socket.cork()
    afterPoll.add(this)
  }

  onPolled(): void {
    this.#corked = false
    this.#socket.uncork()
  }
}
