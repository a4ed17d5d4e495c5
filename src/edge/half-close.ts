import type { Socket } from 'node:net'
import { statusLine } from '../http1/write-head.ts'

// The first two tell a client that has gone within half a second; later ones find those that go while they wait.
const probesMs = [250, 250, 5_000] as const

/** What may be done about a silent client: a 1xx may be sent, its answer has begun, or nothing (HTTP/1.0 knows no 1xx). */
export type Situation = 'informable' | 'answering' | 'mute'

/**
 * A client that sends FIN may have gone, or may only have said all it had to say and wait for its answer. Both look alike
 * until something is sent: who is gone answers the first with a reset, on which the second fails. Interim responses may
 * be sent at any time before the answer (RFC 9110 §15.2). Within an answer nothing can be said that means nothing, so a
 * client that reads a stream after its FIN is taken for gone when there was nothing to write for as long.
 */
export class HalfClose {
  readonly #socket: Socket
  readonly #situation: () => Situation
  #timer: NodeJS.Timeout
  #probes = 0
  #written: number

  constructor(socket: Socket, situation: () => Situation) {
    this.#socket = socket
    this.#situation = situation
    this.#written = socket.bytesWritten
    this.#timer = setTimeout(() => this.#probe(), probesMs[0])
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #probe(): void {
    const socket = this.#socket
    this.#probes += 1
    const situation = this.#situation()
    if (situation === 'informable') socket.write(`${statusLine(102)}\r\n`, 'latin1')
    const silent = socket.bytesWritten === this.#written && socket.writableLength === 0
    if (situation === 'answering' && silent && this.#probes > 1) {
      socket.destroy()
      return
    }
    this.#written = socket.bytesWritten
    const delay = probesMs[Math.min(this.#probes, probesMs.length - 1)]
    this.#timer = setTimeout(() => this.#probe(), delay)
  }
}
