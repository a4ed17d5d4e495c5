import type { Writable } from 'node:stream'
import { flagEnd, frameHeaderBytes, frameType } from './frame.ts'
import { copyBytesMax, flushBytesMax, slabBytes } from './limits.ts'

const nothing = new Uint8Array(0)

/**
 * Writes frames; those of one event-loop turn leave in one socket write. Short frames are written one behind the
 * other into a slab that is never written twice, so nothing waits for the socket before the slab goes on being used.
 */
export class FrameWriter {
  readonly #socket: Writable
  readonly #onFlushed: () => void
  readonly #flushLater = (): void => {
    this.flush()
    this.#onFlushed()
  }
  #slab = Buffer.allocUnsafeSlow(slabBytes)
  #start = 0
  #end = 0
  #parts: Uint8Array[] = []
  #partBytes = 0
  #scheduled = false

  /** `onFlushed` is called after each turn's write. */
  constructor(socket: Writable, onFlushed: () => void) {
    this.#socket = socket
    this.#onFlushed = onFlushed
  }

  /** Whether DATA may be written now. False ends with the socket's `drain` or with `onFlushed`. */
  get room(): boolean {
    return (
      this.#partBytes + this.#end - this.#start < flushBytesMax && !this.#socket.writableNeedDrain
    )
  }

  /** Any frame. A payload above `copyBytesMax` is kept, not copied: its owner must not change it any more. */
  frame(type: number, flags: number, stream: number, payload: Uint8Array): void {
    if (payload.length > copyBytesMax) {
      this.#header(0, payload.length, type, flags, stream)
      this.#append(payload)
      return
    }
    const at = this.#header(payload.length, payload.length, type, flags, stream)
    this.#slab.set(payload, at)
  }

  /** CREDIT and RESET: a number, with a sentence behind it if there is one. */
  number(type: number, stream: number, value: number, sentence = ''): void {
    const bytes = sentence === '' ? 4 : 4 + Buffer.byteLength(sentence)
    const at = this.#header(bytes, bytes, type, 0, stream)
    this.#slab.writeUInt32BE(value, at)
    if (sentence !== '') this.#slab.write(sentence, at + 4, 'utf8')
  }

  /** HEAD: `text` must be Latin-1. The body goes into the same frame. */
  head(flags: number, stream: number, text: string, body: Uint8Array): void {
    const inline = 4 + text.length
    const copied = body.length > copyBytesMax ? nothing : body
    const at = this.#header(
      inline + copied.length,
      inline + body.length,
      frameType.head,
      flags,
      stream,
    )
    this.#slab.writeUInt32BE(text.length, at)
    this.#slab.write(text, at + 4, 'latin1')
    if (copied.length > 0) this.#slab.set(copied, at + inline)
    else if (body.length > 0) this.#append(body)
  }

  /** END: with trailers as text, or empty. */
  end(stream: number, text: string): void {
    const at = this.#header(text.length, text.length, frameType.end, flagEnd, stream)
    if (text !== '') this.#slab.write(text, at, 'latin1')
  }

  /** Hands everything to the socket at once instead of at the end of the turn. */
  flush(): void {
    this.#scheduled = false
    const tail = this.#slab.subarray(this.#start, this.#end)
    this.#start = this.#end
    if (!this.#socket.writable) {
      this.#parts = []
      this.#partBytes = 0
      return
    }
    if (this.#parts.length === 0) {
      if (tail.length > 0) this.#socket.write(tail)
      return
    }
    const parts = this.#parts
    this.#parts = []
    this.#partBytes = 0
    this.#socket.cork()
    for (const part of parts) this.#socket.write(part)
    if (tail.length > 0) this.#socket.write(tail)
    this.#socket.uncork()
  }

  /** Makes room for a header and `copied` bytes in the slab, writes the header, returns where the bytes belong. */
  #header(copied: number, length: number, type: number, flags: number, stream: number): number {
    const needed = frameHeaderBytes + copied
    if (this.#end + needed > this.#slab.length) this.#renew(needed)
    if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(this.#flushLater)
    }
    const slab = this.#slab
    const at = this.#end
    slab[at] = length >>> 16
    slab[at + 1] = length >>> 8
    slab[at + 2] = length
    slab[at + 3] = type
    slab[at + 4] = flags
    slab.writeUInt32BE(stream, at + 5)
    this.#end = at + needed
    return at + frameHeaderBytes
  }

  #append(part: Uint8Array): void {
    this.#cut()
    this.#parts.push(part)
    this.#partBytes += part.length
  }

  #cut(): void {
    if (this.#end === this.#start) return
    this.#parts.push(this.#slab.subarray(this.#start, this.#end))
    this.#partBytes += this.#end - this.#start
    this.#start = this.#end
  }

  #renew(needed: number): void {
    this.#cut()
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, needed))
    this.#start = 0
    this.#end = 0
  }
}
