import type { Socket } from 'node:net'
import { listMembers, type RawHeaders } from '../http/headers.ts'
import { withoutSurroundings } from '../http/waiting-bytes.ts'
import type { RequestHead } from '../http1/head.ts'
import { chunkStart, fieldLines, lastChunk, statusLine } from '../http1/write-head.ts'
import { type AnswerHead, composeAnswer } from './answer-head.ts'
import { cut } from './cut.ts'
import type { Reply, ReplyWriter } from './reply.ts'
import type { RequestBody } from './request-body.ts'

/** What an answer needs of the connection that it goes to. */
export interface ReplyConnection {
  readonly socket: Socket
  /** Whether the connection has to end with the answer that begins now; `whole`: and nobody reads the body any more. */
  endsWith(whole: boolean): boolean
  /** Tells a client that waits for it to send its body (RFC 9110 §10.1.1). */
  continueBody(): void
  /** The answer is written to its end. */
  answered(reply: Http1Reply): void
  /** From now on the bytes of the connection are those of another protocol. */
  switchProtocols(): RequestBody
}

// Up to here a copy costs less than a second write.
const joinedMaxBytes = 16 * 1024
const nothing = new Uint8Array(0)

/** An answer over HTTP/1.1. Its framing is ours, and what the application declared is held to it. */
export class Http1Reply implements Reply {
  readonly #connection: ReplyConnection
  readonly #request: RequestHead
  #phase: 'waiting' | 'streaming' | 'switched' | 'over' = 'waiting'
  #framing: AnswerHead['framing'] = 'none'
  /** Bytes that the declared length still asks for. */
  #left = 0
  #last: boolean
  writer: ReplyWriter | undefined = undefined

  constructor(connection: ReplyConnection, request: RequestHead) {
    this.#connection = connection
    this.#request = request
    this.#last = asksToEnd(request)
  }

  get headSent(): boolean {
    return this.#phase !== 'waiting'
  }

  get closed(): boolean {
    return this.#phase === 'over' || this.#connection.socket.destroyed
  }

  /** The connection ends with this answer. */
  get last(): boolean {
    return this.#last
  }

  inform(status: number, headers: RawHeaders): void {
    // RFC 9110 §15.2: a 1xx is never sent to an HTTP/1.0 client. 101 is no information.
    if (this.headSent || this.#request.minor === 0 || status === 101) return
    if (status === 100) this.#connection.continueBody()
    else this.#socket.write(`${statusLine(status)}${fieldLines(headers)}\r\n`, 'latin1')
  }

  head(status: number, headers: RawHeaders, reason?: string): void {
    const text = this.#compose(status, headers, undefined, reason)
    this.#phase = 'streaming'
    // The first piece of the body is written in the same turn, as a rule.
    this.#socket.cork()
    process.nextTick(uncork, this.#socket)
    this.#socket.write(text, 'latin1')
  }

  write(chunk: Uint8Array): boolean {
    if (this.#phase === 'switched') return writePlain(this.#socket, chunk)
    if (this.#phase !== 'streaming' || this.#framing === 'none' || chunk.length === 0) return true
    if (this.#framing === 'chunked') return writeChunk(this.#socket, chunk)
    if (this.#framing === 'length') {
      this.#left -= chunk.length
      if (this.#left < 0) {
        this.abort()
        // Nobody else will say that the rest is of no use.
        this.writer?.onClose()
        return true
      }
    }
    return writePlain(this.#socket, chunk)
  }

  end(trailers: RawHeaders): void {
    if (this.#phase === 'switched') this.#socket.end()
    if (this.#phase !== 'streaming') return
    if (this.#framing === 'length' && this.#left > 0) {
      this.abort()
      return
    }
    if (this.#framing === 'chunked') this.#socket.write(lastChunk(trailers), 'latin1')
    this.#finish()
  }

  whole(status: number, headers: RawHeaders, body: Uint8Array | string, reason?: string): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const text = this.#compose(status, headers, bytes.length, reason)
    writeJoined(this.#socket, text, this.#framing === 'none' ? nothing : bytes)
    this.#finish()
  }

  // RFC 9112 §8: a message that is cut must look cut. Only a reset shows it where the close would be the end.
  abort(): void {
    this.#phase = 'over'
    if (this.#framing === 'until-close') cut(this.#socket)
    else this.#socket.destroy()
  }

  endConnection(): void {
    this.#last = true
  }

  /** Nobody is to write any more: the client has gone, or the connection answers in another way. */
  forsake(): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.writer?.onClose()
  }

  get #socket(): Socket {
    return this.#connection.socket
  }

  /** The answer is this one, and what follows belongs to another protocol. */
  protected switchProtocols(head: string): RequestBody {
    this.#phase = 'switched'
    this.#socket.write(head, 'latin1')
    return this.#connection.switchProtocols()
  }

  #compose(
    status: number,
    headers: RawHeaders,
    bodyBytes: number | undefined,
    reason: string | undefined,
  ): string {
    const { method, minor } = this.#request
    const last = this.#last || this.#connection.endsWith(bodyBytes !== undefined)
    const head = composeAnswer(status, headers, { method, minor, bodyBytes, last, reason })
    this.#framing = head.framing
    this.#left = head.length
    this.#last = head.last
    return head.text
  }

  #finish(): void {
    this.#phase = 'over'
    this.#connection.answered(this)
  }
}

/** An answer to a request that asks for a WebSocket: the 101, or any other, and then the end of the connection. */
export class Http1UpgradeReply extends Http1Reply {
  accept(headers: RawHeaders): RequestBody {
    const switching = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
    return this.switchProtocols(`${statusLine(101)}${switching}${fieldLines(headers)}\r\n`)
  }
}

/** Whether the client wants no other answer on this connection (RFC 9112 §9.3). */
function asksToEnd({ minor, facts: { connection } }: RequestHead): boolean {
  if (connection === undefined) return minor === 0
  const options = listMembers([connection.toLowerCase()])
  return options.includes('close') || (minor === 0 && !options.includes('keep-alive'))
}

function uncork(socket: Socket): void {
  socket.uncork()
}

function writeJoined(socket: Socket, head: string, body: Uint8Array): void {
  if (body.length === 0) {
    socket.write(head, 'latin1')
    return
  }
  if (body.length > joinedMaxBytes) {
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body)
    socket.uncork()
    return
  }
  const bytes = Buffer.allocUnsafe(head.length + body.length)
  bytes.write(head, 0, 'latin1')
  bytes.set(body, head.length)
  socket.write(bytes)
}

/** A client that reads slowly keeps nothing alive but what it is to read. */
function writePlain(socket: Socket, chunk: Uint8Array): boolean {
  return socket.write(socket.writableLength === 0 ? chunk : withoutSurroundings(chunk))
}

function writeChunk(socket: Socket, chunk: Uint8Array): boolean {
  const start = chunkStart(chunk.length)
  if (chunk.length > joinedMaxBytes) {
    socket.cork()
    socket.write(start, 'latin1')
    socket.write(chunk)
    const room = socket.write('\r\n', 'latin1')
    socket.uncork()
    return room
  }
  const bytes = Buffer.allocUnsafe(start.length + chunk.length + 2)
  bytes.write(start, 0, 'latin1')
  bytes.set(chunk, start.length)
  bytes.write('\r\n', start.length + chunk.length, 'latin1')
  return socket.write(bytes)
}
