import { keepWaiting } from '../http/waiting-bytes.ts'

// What waits before the writer is told to wait as well.
const fullBytes = 64 * 1024

/** The body of an answer as far as it is not sent. */
export class SendQueue {
  #chunks: Uint8Array[] = []
  #first = 0
  #bytes = 0
  #full = false

  get bytes(): number {
    return this.#bytes
  }

  /** False when it is full. */
  push(chunk: Uint8Array): boolean {
    if (chunk.length === 0) return !this.#full
    keepWaiting(this.#chunks, chunk)
    this.#bytes += chunk.length
    if (this.#bytes >= fullBytes) this.#full = true
    return !this.#full
  }

  /** Gives the next so many bytes to `take`, piece by piece; there have to be as many. */
  take(bytes: number, take: (piece: Uint8Array) => void): void {
    let left = bytes
    this.#bytes -= bytes
    while (left > 0) {
      const chunk = this.#chunks[this.#first] as Uint8Array
      if (chunk.length > left) {
        take(chunk.subarray(0, left))
        this.#chunks[this.#first] = chunk.subarray(left)
        return
      }
      take(chunk)
      left -= chunk.length
      this.#first += 1
    }
    if (this.#first === this.#chunks.length) {
      this.#chunks = []
      this.#first = 0
    }
  }

  /** True once after it was full and is not any more. */
  drained(): boolean {
    if (!this.#full || this.#bytes >= fullBytes) return false
    this.#full = false
    return true
  }
}
