import { passableTrailers } from '../http/end-to-end.ts'
import { fieldValue, listMembers, type RawHeaders } from '../http/headers.ts'
import { ChunkDecoder } from '../http1/chunk-decoder.ts'
import { readStatusLine } from '../http1/first-line.ts'
import type { Framing } from '../http1/framing.ts'
import { type ResponseHead, readResponseHead } from '../http1/head.ts'
import { HeadCollector } from '../http1/head-collector.ts'
import { type AnswerHead, judgeHead } from './answer-head.ts'
import type { OutgoingRequest } from './request-head.ts'

/** A backend that says more than this before it answers never will; early hints come once or twice. */
export const maxInformational = 10

const noTrailers: RawHeaders = []

/** What a reader makes of the bytes. Calls follow the order of the answer; `onRubbish` ends it. */
export interface AnswerSink {
  onInformation(status: number, headers: RawHeaders): void
  onAnswer(
    status: number,
    headers: RawHeaders,
    bodyLength: number | undefined,
    reason?: string,
  ): void
  /** A copy, to keep. */
  onBody(chunk: Buffer): void
  onAnswerEnd(trailers: RawHeaders): void
  /** Protocols are switched as was asked for; what follows is no HTTP. */
  onSwitch(headers: RawHeaders): void
  onRubbish(problem: string): void
}

/** Takes the answers of one connection apart, strictly: what is not HTTP/1.1 as everybody reads it is rubbish. [F8] */
export class AnswerReader {
  readonly #sink: AnswerSink
  readonly #collector = new HeadCollector(readStatusLine)
  #request: OutgoingRequest | undefined
  #informed = 0
  /** Where the body ends; undefined while a head is awaited. */
  #framing: Framing | undefined
  #left = 0
  #chunks: ChunkDecoder | undefined
  #persistent = true
  #idleLimitMs: number | undefined

  constructor(sink: AnswerSink) {
    this.#sink = sink
  }

  /** Whether the connection may be used again after the last answer. */
  get persistent(): boolean {
    return this.#persistent
  }

  /** How long the backend said it would keep the connection (`Keep-Alive: timeout=…`). */
  get idleLimitMs(): number | undefined {
    return this.#idleLimitMs
  }

  /** The next bytes answer `request`. */
  expect(request: OutgoingRequest): void {
    this.#request = request
    this.#framing = undefined
    this.#informed = 0
  }

  /** Nothing more is to be read. */
  stop(): void {
    this.#request = undefined
  }

  /** Reads until the answer is over or the bytes are; returns how many were used. The bytes may be changed. */
  push(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length && this.#request) {
      at = this.#framing
        ? this.#readBody(this.#framing, bytes, at)
        : this.#readHead(this.#request, bytes, at)
    }
    return at
  }

  /** The connection has ended, which ends a body that nothing else delimits. */
  finish(): void {
    if (this.#request && this.#framing?.kind === 'until-close') this.#end(noTrailers)
  }

  #readHead(request: OutgoingRequest, bytes: Buffer, at: number): number {
    if (!this.#collector.begun && !beginsAnswer(bytes, at)) {
      this.#sink.onRubbish('no HTTP/1')
      return bytes.length
    }
    const found = this.#collector.push(bytes, at)
    if (found === undefined) return bytes.length
    const head =
      typeof found === 'string' ? found : readResponseHead(found.bytes, found.start, found.end)
    if (typeof found === 'string' || typeof head === 'string') {
      this.#sink.onRubbish(String(head))
      return bytes.length
    }
    this.#takeHead(head, request)
    // A head that came in pieces stands in a memory of its own, which ends with these bytes.
    return found.end - (found.bytes.length - bytes.length)
  }

  #takeHead(head: ResponseHead, request: OutgoingRequest): void {
    const answer = judgeHead(head, request.method)
    if ('rubbish' in answer) this.#sink.onRubbish(answer.rubbish)
    else if (head.status === 101) this.#switch(head, answer.headers, request)
    else if (head.status < 200) this.#inform(head.status, answer.headers, request)
    else this.#begin(head, answer)
  }

  #begin(head: ResponseHead, answer: AnswerHead): void {
    const { framing, headers } = answer
    this.#framing = framing
    this.#persistent = framing.kind !== 'until-close' && isPersistent(head)
    this.#idleLimitMs = keepAliveMs(head)
    this.#left = framing.kind === 'length' ? framing.bytes : 0
    this.#chunks = framing.kind === 'chunked' ? new ChunkDecoder() : undefined
    const bodyLength = framing.kind === 'length' ? framing.bytes : undefined
    this.#sink.onAnswer(head.status, headers, bodyLength, head.reason)
    if (bodyLength === 0) this.#end(noTrailers)
  }

  #switch(head: ResponseHead, headers: RawHeaders, request: OutgoingRequest): void {
    // RFC 6455 §4.1: to the protocol that was asked for, and to no other beside it.
    const { upgrade } = request
    if (upgrade === undefined || head.facts.upgrade?.toLowerCase() !== upgrade) {
      this.#sink.onRubbish('a 101 to what was not asked for')
      return
    }
    this.#request = undefined
    this.#sink.onSwitch(headers)
  }

  #inform(status: number, headers: RawHeaders, request: OutgoingRequest): void {
    if (++this.#informed > maxInformational) this.#sink.onRubbish('too many 1xx')
    // Old servers send 100 to every POST, asked or not (RFC 9110 §15.2).
    else if (status !== 100 || request.expectsContinue) this.#sink.onInformation(status, headers)
  }

  #readBody(framing: Framing, bytes: Buffer, at: number): number {
    if (this.#chunks) return this.#readChunks(this.#chunks, bytes, at)
    if (framing.kind === 'until-close') {
      this.#sink.onBody(Buffer.from(bytes.subarray(at)))
      return bytes.length
    }
    const end = Math.min(bytes.length, at + this.#left)
    this.#left -= end - at
    this.#sink.onBody(Buffer.from(bytes.subarray(at, end)))
    if (this.#left === 0) this.#end(noTrailers)
    return end
  }

  #readChunks(chunks: ChunkDecoder, bytes: Buffer, at: number): number {
    const content = chunks.read(bytes, at)
    if (typeof content === 'string') {
      this.#sink.onRubbish(content)
      return bytes.length
    }
    if (content.length > 0) this.#sink.onBody(Buffer.from(content))
    if (chunks.over) this.#end(passableTrailers(chunks.trailers))
    return chunks.end
  }

  /** Says that the answer is whole, unless whoever was told of its last bytes has given it up. */
  #end(trailers: RawHeaders): void {
    if (!this.#request) return
    this.#request = undefined
    this.#sink.onAnswerEnd(trailers)
  }
}

const answerStart = Buffer.from('HTTP/1.')

/** Whether the bytes from `at` on can be the start of an answer; who speaks another protocol may never end its first line. */
function beginsAnswer(bytes: Buffer, at: number): boolean {
  const length = Math.min(bytes.length - at, answerStart.length)
  return bytes.compare(answerStart, 0, length, at, at + length) === 0
}

/** RFC 9112 §9.3. */
function isPersistent({ minor, facts }: ResponseHead): boolean {
  const { connection } = facts
  if (connection === undefined) return minor === 1
  const options = listMembers([connection.toLowerCase()])
  return !options.includes('close') && (minor === 1 || options.includes('keep-alive'))
}

function keepAliveMs({ facts, headers }: ResponseHead): number | undefined {
  // Nobody tells a time without this.
  if (facts.connection === undefined) return undefined
  const seconds = /(?:^|[,; ])timeout=([0-9]{1,6})(?![0-9])/i.exec(
    fieldValue(headers, 'keep-alive') ?? '',
  )
  return seconds ? Number(seconds[1]) * 1_000 : undefined
}
