import type { ServerHttp2Stream } from 'node:http2'

// A client that takes nothing is told from a slow one by the end of a piece, so the pieces have to be small: the first
// takes a minute at 273 B/s. Whoever is fast gets larger ones, which cost less.
const pieceMinBytes = 16 * 1024
const pieceMaxBytes = 256 * 1024
const fastMs = 1_000
const slowMs = 10_000

// What waits here before the writer is told to wait as well.
const queueBytes = 64 * 1024

/** The body of an answer on its way into one HTTP/2 stream, piece by piece at the client's pace. */
export class Http2Outgoing {
  readonly #stream: ServerHttp2Stream
  readonly #onDrain: () => void
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #pieceBytes = pieceMinBytes
  #sentAtMs: number | undefined
  #full = false
  #ending = false

  constructor(stream: ServerHttp2Stream, onDrain: () => void) {
    this.#stream = stream
    this.#onDrain = onDrain
  }

  /** Since when the client has taken nothing of what waits for it; undefined when nothing waits. */
  get waitingSinceMs(): number | undefined {
    return this.#sentAtMs
  }

  /** False: wait for `onDrain`. */
  write(chunk: Uint8Array): boolean {
    this.#queue.push(chunk)
    this.#queuedBytes += chunk.length
    if (this.#sentAtMs === undefined) this.#send()
    this.#full = this.#queuedBytes >= queueBytes
    return !this.#full
  }

  /** No more comes. */
  end(): void {
    this.#ending = true
    if (this.#queue.length === 0) this.#stream.end()
  }

  #send(): void {
    const pieces = this.#takePieces()
    this.#sentAtMs = performance.now()
    const stream = this.#stream
    const last = pieces.length - 1
    if (last > 0) stream.cork()
    for (let i = 0; i < last; i++) stream.write(pieces[i])
    stream.write(pieces[last], this.#onSent)
    if (this.#ending && this.#queue.length === 0) stream.end()
    if (last > 0) stream.uncork()
  }

  #takePieces(): Uint8Array[] {
    const pieces: Uint8Array[] = []
    let room = this.#pieceBytes
    let taken = 0
    for (const chunk of this.#queue) {
      if (room === 0) break
      if (chunk.length > room) {
        pieces.push(chunk.subarray(0, room))
        this.#queue[taken] = chunk.subarray(room)
        room = 0
        break
      }
      pieces.push(chunk)
      room -= chunk.length
      taken++
    }
    this.#queue = taken === this.#queue.length ? [] : this.#queue.slice(taken)
    this.#queuedBytes -= this.#pieceBytes - room
    return pieces
  }

  readonly #onSent = (error: Error | null | undefined): void => {
    const tookMs = performance.now() - (this.#sentAtMs ?? 0)
    this.#sentAtMs = undefined
    // The stream is gone, and tells so itself.
    if (error) return
    if (tookMs < fastMs) this.#pieceBytes = Math.min(this.#pieceBytes * 4, pieceMaxBytes)
    else if (tookMs > slowMs) this.#pieceBytes = pieceMinBytes
    if (this.#queue.length > 0) this.#send()
    if (this.#full && this.#queuedBytes < queueBytes) {
      this.#full = false
      this.#onDrain()
    }
  }
}
