import { Duplex } from 'node:stream'
import { type BodyDecoder, bodyDecoder } from '../http1/body-decoder.ts'
import { readStatusLine } from '../http1/first-line.ts'
import { responseFraming } from '../http1/framing.ts'
import { type ResponseHead, readResponseHead } from '../http1/head.ts'
import { HeadCollector } from '../http1/head-collector.ts'
import { chunkStart, fieldLines, lastChunk } from '../http1/write-head.ts'
import type { Http2Stream } from '../http2/stream.ts'
import type { ConnectionFacts } from './listen-http2.ts'

/**
 * A request over HTTP/2 for one of the edge's own hosts, as a socket on which Node's server finds it in HTTP/1.1: they are
 * written for Node's objects, and their requests are few.
 */
export class OwnHttp2Socket extends Duplex {
  // What own hosts ask of a socket.
  readonly encrypted = true
  readonly remoteAddress: string
  readonly servername: string | undefined
  readonly localPort: number
  readonly #stream: Http2Stream
  readonly #chunked: boolean
  readonly #collector = new HeadCollector(readStatusLine)
  #decoder: BodyDecoder | undefined
  #drained: (() => void) | undefined

  /** `host` is the one that the request was taken for; its target is one for HTTP/1.1. */
  constructor(stream: Http2Stream, host: string, facts: ConnectionFacts) {
    super()
    this.remoteAddress = facts.peer
    this.servername = facts.serverName
    this.localPort = facts.port
    this.#stream = stream
    this.#chunked = stream.body !== undefined && stream.request.contentLength === undefined
    this.push(requestText(stream, host, this.#chunked), 'latin1')
    stream.writer = {
      onClose: () => this.destroy(),
      onDrain: () => this.#goOn(),
    }
    if (!stream.body) return
    stream.read({
      onData: (chunk) => this.#pushBody(chunk),
      onEnd: () => {
        if (this.#chunked) this.push(lastChunk([]), 'latin1')
      },
      onAbort: () => this.destroy(),
    })
  }

  override _read(): void {
    this.#stream.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#stream.closed || this.#takeAnswer(chunk)) done()
    else this.#drained = done
  }

  override _final(done: () => void): void {
    // All of an answer that ends with the connection is here.
    if (this.#decoder?.left === Number.POSITIVE_INFINITY) this.#stream.end([])
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // Nothing is left of it where the answer was whole.
    this.#stream.abort()
    this.#goOn()
    done(error)
  }

  #pushBody(chunk: Buffer): void {
    if (this.#chunked) this.push(chunkStart(chunk.length), 'latin1')
    const more = this.push(chunk)
    if (this.#chunked) this.push('\r\n', 'latin1')
    if (!more) this.#stream.pause()
  }

  /** False when the client reads slower than the answer comes. */
  #takeAnswer(chunk: Buffer): boolean {
    let at = 0
    while (!this.#decoder) {
      const found = this.#collector.push(chunk, at)
      if (found === undefined) return true
      const head = typeof found === 'string' ? found : readHead(found)
      if (typeof found === 'string' || typeof head === 'string') return this.#giveUp()
      // What stands behind the head is in the chunk that completed it.
      at = chunk.length - (found.bytes.length - found.end)
      this.#takeHead(head)
    }
    const content = this.#decoder.read(chunk, at)
    if (typeof content === 'string') return this.#giveUp()
    const room = content.length === 0 || this.#stream.write(content)
    if (this.#decoder.over) this.#stream.end(this.#decoder.trailers)
    return room
  }

  #takeHead(head: ResponseHead): void {
    if (head.status < 200) {
      this.#stream.inform(head.status, head.headers)
      return
    }
    const framing = responseFraming(head, this.#stream.request.method)
    if (typeof framing === 'string') {
      this.#giveUp()
      return
    }
    this.#decoder = bodyDecoder(framing)
    this.#stream.head(head.status, head.headers)
  }

  #giveUp(): true {
    this.destroy()
    return true
  }

  #goOn(): void {
    const done = this.#drained
    this.#drained = undefined
    done?.()
  }
}

function readHead(found: { readonly bytes: Buffer; readonly start: number; readonly end: number }) {
  return readResponseHead(found.bytes, found.start, found.end)
}

/** Whether HTTP/1.1 can say it. */
export function isTarget(path: string): boolean {
  return targetPattern.test(path)
}

const targetPattern = /^[\x21-\x7e\x80-\xff]+$/

function requestText({ request }: Http2Stream, host: string, chunked: boolean): string {
  const { method, path, headers } = request
  const fields = ['Host', host, ...headers.filter(isKept), 'Connection', 'close']
  if (chunked) fields.push('Transfer-Encoding', 'chunked')
  return `${method} ${path} HTTP/1.1\r\n${fieldLines(fields)}\r\n`
}

/** Names stand at even places, their values behind them. */
function isKept(_: string, index: number, headers: readonly string[]): boolean {
  return headers[index - (index % 2)] !== 'host'
}
