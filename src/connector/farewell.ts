import type { RawHeaders } from '../http/headers.ts'
import { closeFromClient, closeFromServer, WebSocketFrames } from '../http/web-socket-frames.ts'
import type {
  AnsweringStream,
  RequestHandler,
  ResetCode,
  Serve,
  TunnelRequest,
} from '../tunnel/exchange.ts'

/** So that the pages of a connector that leaves do not all connect again in the same moment. */
const spreadMaxMs = 5_000

/** So long an application may take to close its end before the connection is cut. */
const answerCloseMs = 1_000

const switchingProtocols = 101

/**
 * Stands between a link and what serves its requests. WebSockets never end by themselves, so when the link is to be
 * left each is closed with 1001 at both its ends, between two frames; everything else is let finish. [K5]
 */
export class Farewell {
  readonly #serve: Serve
  readonly #random: () => number
  readonly #webSockets = new Set<WebSocketStream>()
  #withinMs: number | undefined

  /** `random` is in [0, 1). */
  constructor(serve: Serve, random: () => number) {
    this.#serve = serve
    this.#random = random
  }

  readonly serve: Serve = (request, body, end, stream) => {
    if (request.upgrade === undefined) return this.#serve(request, body, end, stream)
    const webSocket = new WebSocketStream(stream, {
      switched: () => {
        if (this.#withinMs !== undefined) this.#closeSoon(webSocket, this.#withinMs)
      },
      ended: () => this.#webSockets.delete(webSocket),
    })
    this.#webSockets.add(webSocket)
    return webSocket.answerBy(this.#serve, request, body, end)
  }

  /** The link is to be left; what lives on it is cut after `graceMs`. */
  begin(graceMs: number): void {
    this.#withinMs = Math.min(graceMs / 2, spreadMaxMs)
    for (const webSocket of this.#webSockets) this.#closeSoon(webSocket, this.#withinMs)
  }

  #closeSoon(webSocket: WebSocketStream, withinMs: number): void {
    setTimeout(() => webSocket.leave(), this.#random() * withinMs)
  }
}

interface Watcher {
  switched(): void
  ended(): void
}

/** Both directions of one WebSocket on their way through; one that is not there yet is an ordinary exchange. */
class WebSocketStream implements AnsweringStream, RequestHandler {
  readonly #stream: AnsweringStream
  readonly #watcher: Watcher
  readonly #fromServer = new WebSocketFrames()
  readonly #fromClient = new WebSocketFrames()
  #handler: RequestHandler | undefined
  #switched = false
  #leaving = false
  #over = false

  constructor(stream: AnsweringStream, watcher: Watcher) {
    this.#stream = stream
    this.#watcher = watcher
  }

  answerBy(serve: Serve, request: TunnelRequest, body: Buffer, end: boolean): RequestHandler {
    this.#fromClient.pass(body)
    this.#handler = serve(request, body, end, this)
    return this
  }

  /** Closes it with 1001 as soon as the frame that is under way towards the browser is through. */
  leave(): void {
    if (this.#over || !this.#switched) return
    this.#leaving = true
    if (this.#fromServer.between) this.#close()
  }

  // --- From the application ---

  inform(status: number, headers: RawHeaders): void {
    this.#stream.inform(status, headers)
  }

  answer(status: number, headers: RawHeaders, body: Uint8Array, end: boolean): void {
    if (end) this.#end()
    else if (status === switchingProtocols) this.#switched = true
    if (this.#switched) this.#fromServer.pass(body)
    this.#stream.answer(status, headers, body, end)
    if (this.#switched && !end) this.#watcher.switched()
  }

  write(chunk: Uint8Array): boolean {
    // Behind the Close frame the application may talk on; nobody listens.
    if (this.#over) return true
    if (!this.#leaving) {
      if (this.#switched) this.#fromServer.pass(chunk)
      return this.#stream.write(chunk)
    }
    const rest = this.#fromServer.passRest(chunk)
    const flows = this.#stream.write(chunk.subarray(0, rest))
    if (this.#fromServer.between) this.#close()
    return flows
  }

  end(trailers?: RawHeaders): void {
    if (this.#over) return
    this.#end()
    this.#stream.end(trailers)
  }

  reset(code: ResetCode, detail?: string): void {
    if (this.#over) return
    this.#end()
    this.#stream.reset(code, detail)
  }

  grant(bytes: number): void {
    this.#stream.grant(bytes)
  }

  get onDrain(): (() => void) | undefined {
    return this.#stream.onDrain
  }

  set onDrain(tell: (() => void) | undefined) {
    this.#stream.onDrain = tell
  }

  // --- From the browser ---

  onData(chunk: Buffer): void {
    if (this.#over) return
    this.#fromClient.pass(chunk)
    this.#handler?.onData(chunk)
  }

  onEnd(trailers: RawHeaders): void {
    if (!this.#over) this.#handler?.onEnd(trailers)
  }

  onError(code: ResetCode, message: string): void {
    if (this.#over) return
    this.#end()
    this.#handler?.onError(code, message)
  }

  #close(): void {
    const handler = this.#handler
    this.#end()
    this.#stream.write(closeFromServer)
    // The end of the answer ends the stream: the application is told here, or nobody would.
    this.#stream.end()
    if (this.#fromClient.between) handler?.onData(Buffer.from(closeFromClient))
    handler?.onEnd([])
    setTimeout(() => handler?.onError('cancelled', 'left'), answerCloseMs).unref()
  }

  #end(): void {
    this.#over = true
    this.#watcher.ended()
  }
}
