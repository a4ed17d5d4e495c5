import type { RawHeaders } from '../http/headers.ts'
import type { AnswerHandler } from './exchange.ts'
import { flagEnd, flagInterim } from './frame.ts'
import { readAnswerHead } from './head.ts'
import type { Head } from './link.ts'
import { Stream, type StreamHost } from './stream.ts'

const switchingProtocols = 101

/** Counts streams without an answer, over all links of a connector. */
export interface Waiting {
  waiting: number
}

/** The edge's end of a stream: it asks and is answered. The answer's end ends the stream in both directions. */
export class EdgeStream extends Stream {
  #handler: AnswerHandler | undefined
  readonly #upgrade: boolean
  #answered = false
  /** While there is no answer. */
  #waiting: Waiting | undefined

  constructor(
    host: StreamHost,
    id: number,
    upgrade: boolean,
    handler: AnswerHandler,
    waiting: Waiting,
  ) {
    super(host, id)
    this.#waiting = waiting
    waiting.waiting++
    this.#handler = handler
    this.#upgrade = upgrade
    this.listen(handler)
  }

  /** The request: its head as text, what is there of its body, and whether that is all. */
  ask(text: string, body: Uint8Array, end: boolean): void {
    this.sendHead(text, body, end)
  }

  receiveHead(flags: number, head: Head): void {
    const interim = (flags & flagInterim) !== 0
    const answer = readAnswerHead(head.buffer, head.start, head.end, interim)
    if (!answer || this.#answered || !this.#fits(answer.status, interim)) {
      this.fail('protocol-error', 'an answer head that is not well-formed')
      return
    }
    if (interim) {
      this.#handler?.onInformation(answer.status, answer.headers)
      return
    }
    this.#answered = true
    this.#endWait()
    const end = (flags & flagEnd) !== 0
    const handler = this.#handler
    if (end) this.noteEndReceived()
    handler?.onAnswer(answer.status, answer.headers, head.body, end, answer.reason)
  }

  override receiveData(piece: Buffer): void {
    if (this.#answered) super.receiveData(piece)
    else this.fail('protocol-error', 'a body before its head')
  }

  override receiveEnd(trailers: RawHeaders): void {
    if (this.#answered) super.receiveEnd(trailers)
    else this.fail('protocol-error', 'an end before the head')
  }

  protected override noteEndReceived(): void {
    super.noteEndReceived()
    this.close()
  }

  protected override close(): void {
    super.close()
    this.#endWait()
    this.#handler = undefined
  }

  #endWait(): void {
    if (!this.#waiting) return
    this.#waiting.waiting--
    this.#waiting = undefined
  }

  #fits(status: number, interim: boolean): boolean {
    if (status === switchingProtocols) return this.#upgrade && !interim
    return interim === status < 200
  }
}
