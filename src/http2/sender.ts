import type { Socket } from 'node:net'
import type { RawHeaders } from '../http/headers.ts'
import {
  dataHead,
  framePayloadMaxBytes,
  headFrames,
  wholeFrames,
  windowDefaultBytes,
} from './frame.ts'
import { HpackEncoder } from './hpack-encoder.ts'
import { Outbox } from './outbox.ts'
import type { Http2Stream } from './stream.ts'

/** Everything one connection sends: heads and control frames as they come, DATA in turns as windows and socket allow. */
export class Sender {
  readonly encoder: HpackEncoder = new HpackEncoder()
  readonly #outbox: Outbox
  /** Streams that have something to send and window for it, the longest waiting first. */
  readonly #ready = new Set<Http2Stream>()
  readonly #onData: (bytes: number) => void
  /** DATA that the client takes over all streams (RFC 9113 §6.9.2). */
  window: number = windowDefaultBytes

  /** `onData` is told of bytes of bodies that are on their way. */
  constructor(socket: Socket, onData: (bytes: number) => void) {
    this.#outbox = new Outbox(socket, (room) => this.#refill(room))
    this.#onData = onData
  }

  /** A body could not be sent at once. */
  get congested(): boolean {
    return this.#ready.size > 0 || this.#outbox.waitingSinceMs !== undefined
  }

  /** Since when the socket has taken nothing. */
  get waitingSinceMs(): number | undefined {
    return this.#outbox.waitingSinceMs
  }

  /** Bytes that wait for the socket, bodies that still have their turn to come not counted. */
  get waitingBytes(): number {
    return this.#outbox.bytes
  }

  control(frame: Uint8Array): void {
    this.#outbox.push(frame)
    this.#outbox.schedule()
  }

  head(stream: number, status: number, headers: RawHeaders, end: boolean): void {
    this.control(headFrames(stream, this.encoder.encode(status, headers), end))
  }

  /** There has to be window for the body, which fits one frame. */
  whole(stream: Http2Stream, status: number, headers: RawHeaders, body: Uint8Array): void {
    const block = this.encoder.encode(status, headers)
    if (block.length > framePayloadMaxBytes) {
      this.control(headFrames(stream.id, block, false))
      this.control(dataHead(stream.id, body.length, true))
      this.control(body)
    } else this.control(wholeFrames(stream.id, block, body))
    stream.sendWindow -= body.length
    this.window -= body.length
    this.#onData(body.length)
  }

  /** The stream may have something to send. */
  wake(stream: Http2Stream): void {
    if (!stream.waits) return
    this.#ready.add(stream)
    this.#outbox.schedule()
  }

  drop(stream: Http2Stream): void {
    this.#ready.delete(stream)
  }

  /** The client takes more. */
  widen(bytes: number): void {
    this.window += bytes
    this.#outbox.schedule()
  }

  flush(): void {
    this.#outbox.flush()
  }

  #refill(roomBytes: number): boolean {
    let room = roomBytes
    for (const stream of this.#ready) {
      if (room <= 0) return true
      const { bytes, last } = stream.sendable
      const length = Math.min(bytes, this.window)
      const ends = last && length === bytes
      // Without window its turn comes when there is some; without that of the connection, nobody's does.
      if (length === 0 && !ends && this.window <= 0) return false
      this.#ready.delete(stream)
      if (length > 0 || ends) room -= this.#send(stream, length, ends)
    }
    return false
  }

  #send(stream: Http2Stream, length: number, ends: boolean): number {
    const { id, trailers } = stream
    const trailed = ends && trailers.length > 0
    if (length > 0 || !trailed) {
      this.#outbox.push(dataHead(id, length, ends && !trailed))
      stream.take(length, (piece) => this.#outbox.push(piece))
      this.window -= length
      this.#onData(length)
    }
    if (trailed) this.#outbox.push(headFrames(id, this.encoder.encode(0, trailers), true))
    if (ends) stream.sentEnd()
    else {
      // Its next turn comes after everybody else's.
      if (stream.sendWindow > 0 && stream.waits) this.#ready.add(stream)
      stream.sent()
    }
    return length + 1
  }
}
