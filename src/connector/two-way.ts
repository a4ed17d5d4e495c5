import type { Socket } from 'node:net'
import type { AnsweringStream, ResetCode } from '../tunnel/exchange.ts'

/** An hour of silence both ways: longer than the pings of any living application. */
const idleTimeoutMs = 3_600_000

/**
 * A backend's upgraded socket and a tunnel stream, tied together: bytes, back-pressure, half-close and errors of each go
 * to the other at once. `done` is called once, when the socket is closed.
 */
export class TwoWay {
  readonly #socket: Socket
  readonly #stream: AnsweringStream
  #owed = 0
  #over = false

  constructor(socket: Socket, stream: AnsweringStream, done: () => void) {
    this.#socket = socket
    this.#stream = stream
    stream.onDrain = () => socket.resume()
    socket.on('drain', () => this.#release())
    socket.on('end', () => {
      if (!this.#over) stream.end()
    })
    socket.on('error', () => this.#fail('backend-reset'))
    socket.on('close', () => {
      // Destroyed without an end is a failure even when nobody raised an error.
      if (!socket.readableEnded) this.#fail('backend-reset')
      this.#over = true
      this.#release()
      done()
    })
    socket.setTimeout(idleTimeoutMs, () => this.#fail('backend-timeout'))
  }

  /** Bytes from the backend. False: no more until the socket is resumed. */
  onBytes(chunk: Buffer): boolean {
    return this.#over || this.#stream.write(chunk)
  }

  /** Bytes for the backend that owe the edge no credit. */
  startWith(chunk: Buffer): void {
    this.#socket.write(chunk)
  }

  /** Bytes for the backend; one that has closed takes no more, then they are dropped and granted all the same. */
  onData(chunk: Buffer): void {
    this.#owed += chunk.length
    if (!this.#socket.writable || this.#socket.write(chunk)) this.#release()
  }

  onEnd(): void {
    this.#socket.end()
  }

  /** The edge gave up. */
  drop(): void {
    this.#over = true
    this.#socket.destroy()
  }

  #fail(code: ResetCode): void {
    if (this.#over) return
    this.#over = true
    this.#stream.reset(code)
    this.#socket.destroy()
  }

  #release(): void {
    const bytes = this.#owed
    if (bytes === 0) return
    this.#owed = 0
    this.#stream.grant(bytes)
  }
}

/** What the browser sends behind its upgrade request waits here for the 101; the stream's credit bounds it. */
export class EarlyBytes {
  readonly #first: Buffer
  readonly #grant: (bytes: number) => void
  readonly #chunks: Buffer[] = []
  #ended: boolean
  #refused = false

  constructor(first: Buffer, ended: boolean, grant: (bytes: number) => void) {
    this.#first = first
    this.#ended = ended
    this.#grant = grant
  }

  onData(chunk: Buffer): void {
    if (this.#refused) this.#grant(chunk.length)
    else this.#chunks.push(chunk)
  }

  onEnd(): void {
    this.#ended = true
  }

  /** There is no 101: what came and what still comes is dropped and granted. */
  drop(): void {
    this.#refused = true
    for (const chunk of this.#chunks.splice(0)) this.#grant(chunk.length)
  }

  pourInto(twoWay: TwoWay): void {
    // The first bytes came in one frame with the head, where they do not count against the credit.
    if (this.#first.length > 0) twoWay.startWith(this.#first)
    for (const chunk of this.#chunks) twoWay.onData(chunk)
    if (this.#ended) twoWay.onEnd()
  }
}
