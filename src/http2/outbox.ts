import type { Socket } from 'node:net'

// A client that takes nothing is told from a slow one by the end of a write, so the first is small: at 273 B/s it takes a
// minute. Whoever is fast gets larger ones, which cost less.
const batchMinBytes = 16 * 1024
const batchMaxBytes = 256 * 1024
const fastMs = 1_000
const slowMs = 10_000

/** Adds what streams have to send, at most about so many bytes, by `push`. False when there is nothing more to add. */
export type Refill = (roomBytes: number) => boolean

/** Frames on their way into a socket: what is pushed in one turn of the event loop goes out in one write. */
export class Outbox {
  readonly #socket: Socket
  readonly #refill: Refill
  #parts: Uint8Array[] = []
  #bytes = 0
  #batchBytes = batchMinBytes
  #scheduled = false
  #waitingSinceMs: number | undefined

  constructor(socket: Socket, refill: Refill) {
    this.#socket = socket
    this.#refill = refill
    socket.on('drain', () => this.#onDrain())
  }

  /** Bytes that wait for the socket. */
  get bytes(): number {
    return this.#bytes
  }

  /** Since when the socket has taken nothing; undefined when it takes what comes. */
  get waitingSinceMs(): number | undefined {
    return this.#waitingSinceMs
  }

  push(part: Uint8Array): void {
    this.#parts.push(part)
    this.#bytes += part.length
  }

  /** Writes at the end of this turn. */
  schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    process.nextTick(flush, this)
  }

  /** Writes now. */
  flush(): void {
    this.#scheduled = false
    let more = true
    while (more && this.#waitingSinceMs === undefined && !this.#socket.destroyed) {
      more = this.#refill(this.#batchBytes - this.#bytes)
      if (this.#bytes === 0) return
      if (!this.#write()) this.#waitingSinceMs = performance.now()
    }
  }

  #write(): boolean {
    const parts = this.#parts
    const bytes = this.#bytes
    this.#parts = []
    this.#bytes = 0
    const [only] = parts
    if (parts.length === 1 && only) return this.#socket.write(only)
    return this.#socket.write(Buffer.concat(parts, bytes))
  }

  #onDrain(): void {
    const tookMs = performance.now() - (this.#waitingSinceMs ?? 0)
    this.#waitingSinceMs = undefined
    if (tookMs < fastMs) this.#batchBytes = Math.min(this.#batchBytes * 4, batchMaxBytes)
    else if (tookMs > slowMs) this.#batchBytes = batchMinBytes
    this.flush()
  }
}

function flush(outbox: Outbox): void {
  outbox.flush()
}
