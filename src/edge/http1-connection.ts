import type { Socket } from 'node:net'
import { listMembers } from '../http/headers.ts'
import { keepWaiting } from '../http/waiting-bytes.ts'
import { type BodyDecoder, bodyDecoder } from '../http1/body-decoder.ts'
import { noFacts } from '../http1/fields.ts'
import { readRequestLine } from '../http1/first-line.ts'
import { noBody, requestFraming } from '../http1/framing.ts'
import { type RequestHead, readRequestHead } from '../http1/head.ts'
import { HeadCollector } from '../http1/head-collector.ts'
import type { MessageProblem } from '../http1/problem.ts'
import { statusLine } from '../http1/write-head.ts'
import { HalfClose, type Situation } from './half-close.ts'
import { Http1Body } from './http1-body.ts'
import { Http1Timer, type SecondsClock } from './http1-timer.ts'
import type { Http1Limits } from './limits.ts'
import { serverNameOf } from './misdirected.ts'
import { Http1Reply, Http1UpgradeReply, type ReplyConnection } from './reply-http1.ts'
import type { RequestBody } from './request-body.ts'

/** Why a connection answers a request by itself. */
export type RequestProblem = MessageProblem | 'timeout'

/** Whom a connection tells of its requests, one after the other: the next when the last one's answer is written. */
export interface Http1Owner extends SecondsClock {
  readonly limits: Http1Limits
  /** No further requests are taken. */
  readonly ending: boolean
  onRequest(
    connection: Http1Connection,
    head: RequestHead,
    body: RequestBody | undefined,
    reply: Http1Reply,
  ): void
  /** The request cannot be understood or does not come. The connection ends with the answer. */
  onProblem(problem: RequestProblem, reply: Http1Reply): void
  /** Something threw that must not. The connection is closed. */
  onBug(error: unknown): void
  onClose(connection: Http1Connection): void
}

/**
 * What is read next: the head of the next request; the body of the one that is being answered; nothing, until the answer
 * is written; the bytes of another protocol; nothing that counts, because the last answer is written.
 */
type Mode = 'head' | 'body' | 'answer' | 'switched' | 'leaving'

/** The server's end of one HTTP/1.1 connection, over TLS or not (RFC 9112 §9). */
export class Http1Connection implements ReplyConnection {
  readonly socket: Socket
  readonly scheme: 'http' | 'https'
  readonly peer: string
  readonly serverName: string | undefined
  readonly port: number
  readonly #owner: Http1Owner
  readonly #timer: Http1Timer
  readonly #collector = new HeadCollector(readRequestLine)
  #mode: Mode = 'head'
  /** What came and cannot be taken yet. */
  #held: Buffer[] = []
  #heldBytes = 0
  #pumping = false
  #paused = false
  /** The client's FIN is here. */
  #ended = false
  /** Of the request that is being answered; nothing of one is kept while nobody asks. */
  #head: RequestHead = unreadHead
  #served = false
  #first: Buffer | undefined
  #reply: Http1Reply | undefined
  #body: Http1Body | undefined
  #decoder: BodyDecoder | undefined
  /** The client waits with its body until it is asked for (RFC 9110 §10.1.1). */
  #bodyAwaited = false
  /** Bytes of a body that nobody wants may be read so far. */
  #drainLeft = 0
  #halfClose: HalfClose | undefined

  constructor(socket: Socket, scheme: 'http' | 'https', owner: Http1Owner) {
    this.socket = socket
    this.scheme = scheme
    this.peer = socket.remoteAddress ?? ''
    this.serverName = serverNameOf(socket)
    this.port = socket.localPort ?? 0
    this.#owner = owner
    this.#timer = new Http1Timer(owner.limits, owner)
    this.#timer.awaitHead()
    // A client may say all it has to say, end its side, and wait for the answer.
    socket.allowHalfOpen = true
    socket.on('data', this.#onData)
    socket.on('drain', this.#onDrain)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onClose)
  }

  /** Takes no further request; closes at once when none is under way. */
  endWhenIdle(): void {
    const idle = this.#mode === 'head' && !this.#collector.begun
    // What is here already was sent in good faith.
    if (idle && this.#held.length === 0) this.#leave()
  }

  /** Once a second. */
  sweep(): void {
    if (this.#timer.isStalled(this.socket)) this.socket.destroy()
    // Once it is answered, how fast a body has to come is for the two ends to say.
    else if (this.#mode === 'body' && this.#reply?.headSent) return
    else if (this.#timer.isLate(this.socket)) this.#giveUp()
  }

  /** Within `onRequest` of the first request: gives the socket away, with all that was read of it put back. */
  release(): Socket | undefined {
    if (!this.#first) return undefined
    const { socket } = this
    this.#detach()
    socket.allowHalfOpen = false
    socket.pause()
    socket.unshift(Buffer.concat([this.#first, ...this.#held]))
    return socket
  }

  endsWith(whole: boolean): boolean {
    if (this.#owner.ending || this.#bodyAwaited) return true
    if (this.#ended && this.#heldBytes === 0) return true
    return (
      whole && this.#mode === 'body' && (this.#decoder?.left ?? 0) > this.#owner.limits.drainBytes
    )
  }

  continueBody(): void {
    if (!this.#bodyAwaited) return
    this.#bodyAwaited = false
    // The answer itself has begun, and says as much.
    if (this.#reply?.headSent) return
    this.socket.write(`${statusLine(100)}\r\n`, 'latin1')
  }

  answered(reply: Http1Reply): void {
    if (reply !== this.#reply) return
    this.#reply = undefined
    this.#halfClose?.stop()
    this.#halfClose = undefined
    if (reply.last) this.#leave()
    else if (this.#mode === 'body') this.#drainBody()
    else this.#awaitRequest()
    this.#pump()
  }

  switchProtocols(): RequestBody {
    this.#mode = 'switched'
    this.#timer.awaitTraffic()
    this.#body = new Http1Body(this.#flow)
    return this.#body
  }

  readonly #onData = (chunk: Buffer): void => {
    // Nearly always taken at once.
    if (this.#held.length === 0) this.#held.push(chunk)
    else keepWaiting(this.#held, chunk)
    this.#heldBytes += chunk.length
    this.#pump()
  }

  readonly #onDrain = (): void => {
    this.#reply?.writer?.onDrain()
    this.#pump()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#pump()
  }

  readonly #onClose = (): void => {
    this.#owner.onClose(this)
    this.#halfClose?.stop()
    this.#held = []
    this.#body?.abort()
    this.#reply?.forsake()
  }

  /** Somebody wants the body's bytes, or no more for now. */
  readonly #flow = (): void => {
    if (this.#mode === 'body') {
      if (this.#body?.flowing) {
        this.continueBody()
        this.#timer.awaitBody()
      } else this.#timer.awaitNothing()
    }
    this.#pump()
  }

  /** Takes what was read as far as it can be taken now. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#held.length > 0 && this.#takes()) this.#takeFirst()
      if (this.#ended) this.#settleEnd()
    } catch (error) {
      this.#owner.onBug(error)
      this.socket.destroy()
    }
    this.#pumping = false
    this.#regulate()
  }

  #takes(): boolean {
    if (this.#mode === 'answer') return false
    if (this.#mode === 'leaving') return true
    // Whoever sends requests and reads no answers is made to wait.
    if (this.#mode === 'head') return !this.socket.writableNeedDrain
    return this.#reply === undefined || this.#body?.flowing === true
  }

  #takeFirst(): void {
    const chunk = this.#held.shift() as Buffer
    this.#heldBytes -= chunk.length
    const end = this.#take(chunk)
    if (end === chunk.length) return
    const rest = chunk.subarray(end)
    this.#held.unshift(rest)
    this.#heldBytes += rest.length
  }

  /** How many bytes of the chunk were taken. */
  #take(chunk: Buffer): number {
    if (this.#mode === 'head') return this.#takeHead(chunk)
    if (this.#mode === 'body') return this.#takeBody(chunk)
    if (this.#mode === 'switched') this.#body?.give(chunk)
    return chunk.length
  }

  #takeHead(chunk: Buffer): number {
    const begun = this.#collector.begun
    const found = this.#collector.push(chunk, 0)
    if (found === undefined && !begun) this.#timer.awaitHead()
    if (found === undefined) return chunk.length
    if (typeof found === 'string') return this.#answerProblem(found, chunk)
    const { bytes, start, end } = found
    const head = readRequestHead(bytes, start, end)
    if (typeof head === 'string') return this.#answerProblem(head, chunk)
    const framing = requestFraming(head)
    if (typeof framing === 'string') return this.#answerProblem(framing, chunk)
    this.#decoder = framing === noBody ? undefined : bodyDecoder(framing)
    // Only once: what a connection is for, its first request says.
    if (!this.#served) this.#first = bytes.subarray(start)
    this.#served = true
    this.#begin(head, bytes.length > end)
    this.#first = undefined
    return chunk.length - (bytes.length - end)
  }

  #begin(head: RequestHead, bodyBegun: boolean): void {
    this.#head = head
    this.#timer.awaitNothing()
    const framed = this.#decoder !== undefined
    this.#mode = framed ? 'body' : 'answer'
    this.#body = framed ? new Http1Body(this.#flow) : undefined
    this.#bodyAwaited = framed && !bodyBegun && asksBeforeBody(head)
    const switches = !framed && asksForWebSocket(head)
    const reply = switches ? new Http1UpgradeReply(this, head) : new Http1Reply(this, head)
    // Answered like any other request, it leaves bytes behind of which nobody knows what they are.
    if (switches) reply.endConnection()
    this.#reply = reply
    this.#owner.onRequest(this, head, this.#body, reply)
  }

  #takeBody(chunk: Buffer): number {
    const decoder = this.#decoder as BodyDecoder // there is one in this mode
    this.#bodyAwaited = false
    const content = decoder.read(chunk, 0)
    if (typeof content === 'string') return this.#answerProblem(content, chunk)
    this.#timer.noteBody(decoder.end)
    if (this.#reply === undefined) this.#drainLeft -= decoder.end
    else if (content.length > 0) this.#body?.give(content)
    if (decoder.over) this.#endBody(decoder)
    else if (this.#reply === undefined && this.#drainLeft < 0) this.#leave()
    return decoder.end
  }

  #endBody(decoder: BodyDecoder): void {
    if (this.#reply === undefined) {
      this.#awaitRequest()
      return
    }
    this.#mode = 'answer'
    this.#timer.awaitNothing()
    this.#body?.end(decoder.trailers)
  }

  /** The answer is out, and nobody wants the rest of the body; the next request stands behind it. */
  #drainBody(): void {
    this.#body?.abort()
    this.#drainLeft = this.#owner.limits.drainBytes
    this.#timer.awaitBody()
  }

  #awaitRequest(): void {
    this.#mode = 'head'
    this.#head = unreadHead
    this.#body = undefined
    this.#decoder = undefined
    this.#timer.awaitRequest()
    if (this.#owner.ending) this.endWhenIdle()
  }

  /** The last answer is written. What the client still sends is thrown away, so that no reset takes the answer from it. */
  #leave(): void {
    this.#mode = 'leaving'
    this.#timer.awaitEnd()
    this.socket.end()
  }

  /** Answers in place of whoever was to, if that can still be done. Nothing behind is a request any more. [F8] */
  #answerProblem(problem: RequestProblem, chunk: Buffer = nothing): number {
    const drained = this.#mode === 'body' && this.#reply === undefined
    if (drained) this.#leave()
    else if (this.#reply?.headSent) this.socket.destroy()
    else {
      const reply = new Http1Reply(this, this.#reply ? this.#head : unreadHead)
      this.#body?.abort()
      this.#reply?.forsake()
      this.#mode = 'answer'
      this.#timer.awaitNothing()
      this.#reply = reply
      this.#owner.onProblem(problem, reply)
    }
    return chunk.length
  }

  /** What is awaited does not come. */
  #giveUp(): void {
    const unread = this.#mode === 'body' || (this.#mode === 'head' && this.#collector.begun)
    if (unread) this.#answerProblem('timeout')
    else if (this.#mode === 'head') this.#leave()
    // A slow reader may still have much of the last answer before it.
    else if (this.#mode === 'leaving' && this.socket.writableLength > 0) this.#timer.awaitEnd()
    else this.socket.destroy()
  }

  /** The client says no more. */
  #settleEnd(): void {
    if (this.#mode === 'answer') this.#probe()
    if (this.#held.length > 0) return
    if (this.#mode === 'head') this.#leave()
    else if (this.#mode === 'body') this.socket.destroy()
    else if (this.#mode === 'switched') {
      this.#body?.end([])
      this.#timer.awaitEnd()
    }
  }

  #probe(): void {
    this.#halfClose ??= new HalfClose(this.socket, (): Situation => {
      if (this.#reply?.headSent) return 'answering'
      return this.#head.minor === 1 ? 'informable' : 'mute'
    })
  }

  #regulate(): void {
    const full = this.#heldBytes > this.#owner.limits.heldBytes
    if (full === this.#paused) return
    this.#paused = full
    if (full) this.socket.pause()
    else this.socket.resume()
  }

  #detach(): void {
    const { socket } = this
    this.#mode = 'leaving'
    socket.off('data', this.#onData)
    socket.off('drain', this.#onDrain)
    socket.off('end', this.#onEnd)
    socket.off('close', this.#onClose)
    this.#owner.onClose(this)
  }
}

const nothing = Buffer.alloc(0)

/** Stands for the request of which no head could be read. */
const unreadHead: RequestHead = { method: '', target: '', minor: 1, headers: [], facts: noFacts() }

function asksBeforeBody({ minor, facts: { expect } }: RequestHead): boolean {
  return minor === 1 && expect?.toLowerCase() === '100-continue'
}

/** RFC 6455 §4.1. Everything else with an Upgrade field is an ordinary request (RFC 9110 §7.8). */
function asksForWebSocket({ method, minor, facts }: RequestHead): boolean {
  if (facts.upgrade === undefined || facts.connection === undefined) return false
  if (method !== 'GET' || minor === 0 || facts.upgrade.toLowerCase() !== 'websocket') return false
  return listMembers([facts.connection.toLowerCase()]).includes('upgrade')
}
