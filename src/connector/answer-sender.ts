import type { RawHeaders } from '../http/headers.ts'
import type { AnsweringStream } from '../tunnel/exchange.ts'

/** An answer up to this size waits for the end of the event-loop turn, to cross the tunnel in one frame. */
const maxHeldBytes = 16_384

const nothing: Buffer = Buffer.alloc(0)

/** How an answer begins; `reason` is undefined when it is the usual one. */
interface Head {
  readonly status: number
  readonly headers: RawHeaders
  readonly reason: string | undefined
}

/**
 * Puts one answer on its stream. Head and what came with it in the same turn of the event loop leave in one call; when
 * that is the whole answer, the stream ends with it. An answer known to be longer is not held at all.
 */
export class AnswerSender {
  readonly #stream: AnsweringStream
  readonly #head: Head
  readonly #onStreaming: () => void
  #held: Buffer[] | undefined
  #heldBytes = 0
  #turnEnd: NodeJS.Immediate | undefined

  /** `onStreaming` is called when the head leaves before the body is whole. */
  constructor(stream: AnsweringStream, head: Head, onStreaming: () => void) {
    this.#stream = stream
    this.#head = head
    this.#onStreaming = onStreaming
  }

  /** Begins; `bodyLength` is undefined when only the end will tell. */
  start(bodyLength: number | undefined): void {
    this.#held = []
    if (bodyLength !== undefined && bodyLength > maxHeldBytes) this.#release()
  }

  /** What was there to read has been sent, and the answer is not over. */
  onRead(): void {
    if (this.#held) this.#turnEnd ??= setImmediate(() => this.#release())
  }

  /** False: wait for the stream's `onDrain`. */
  send(chunk: Buffer): boolean {
    if (!this.#held) return this.#stream.write(chunk)
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes > maxHeldBytes) this.#release()
    return true
  }

  end(trailers: RawHeaders): void {
    clearImmediate(this.#turnEnd)
    const body = this.#takeHeld()
    const whole = trailers.length === 0
    if (body) this.#answer(body, whole)
    if (!body || !whole) this.#stream.end(trailers)
  }

  /** Forgets what was held back; nothing more is sent. */
  discard(): void {
    clearImmediate(this.#turnEnd)
    this.#held = undefined
  }

  #release(): void {
    clearImmediate(this.#turnEnd)
    const body = this.#takeHeld()
    if (!body) return
    this.#onStreaming()
    this.#answer(body, false)
  }

  #answer(body: Buffer, end: boolean): void {
    const { status, headers, reason } = this.#head
    this.#stream.answer(status, headers, body, end, reason)
  }

  #takeHeld(): Buffer | undefined {
    const held = this.#held
    this.#held = undefined
    if (!held) return undefined
    if (held.length > 1) return Buffer.concat(held)
    return held[0] ?? nothing
  }
}
