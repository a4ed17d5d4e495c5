import type { RawHeaders } from '../http/headers.ts'
import type { Link } from './edge-end.ts'
import type { AnswerHandler, RequestHandler, ResetCode, Serve, TunnelRequest } from './exchange.ts'

export const nothing = new Uint8Array(0)

/** A small GET as the edge would send it. */
export const getRequest: TunnelRequest = {
  id: 'request-1',
  method: 'GET',
  origin: 'http://10.0.0.5:8080',
  target: '/people?page=1',
  headers: ['host', 'app.internal:8080', 'accept', '*/*'],
  headTimeoutMs: 85_000,
  verifyCertificate: true,
  upgrade: undefined,
}

/** A whole answer. */
export interface Answered {
  readonly status: number
  readonly headers: RawHeaders
  readonly body: Buffer
  readonly trailers: RawHeaders
  readonly information: readonly number[]
}

export class StreamFailed extends Error {
  readonly code: ResetCode
  constructor(code: ResetCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Opens a stream and collects its answer, passing everything on at once. Rejects with `StreamFailed`. */
export function ask(
  link: Link,
  request: TunnelRequest = getRequest,
  body: Uint8Array = nothing,
): Promise<Answered> {
  const recorder = new Recorder()
  recorder.stream = link.open(request, body, true, recorder)
  return recorder.answered
}

/** Collects what a stream is told, counting calls that must not come twice. */
export class Recorder implements AnswerHandler {
  readonly answered: Promise<Answered>
  stream: { grant(bytes: number): void } | undefined
  ends = 0
  errors: ResetCode[] = []
  calls: string[] = []
  readonly #resolve: (answered: Answered) => void
  readonly #reject: (error: StreamFailed) => void
  readonly #information: number[] = []
  readonly #body: Buffer[] = []
  #status = 0
  #headers: RawHeaders = []

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<Answered>()
    this.answered = promise
    this.#resolve = resolve
    this.#reject = reject
    promise.catch(() => {})
  }

  onInformation(status: number): void {
    this.calls.push('information')
    this.#information.push(status)
  }

  onAnswer(status: number, headers: RawHeaders, body: Buffer, end: boolean): void {
    this.calls.push('answer')
    this.#status = status
    this.#headers = headers
    this.#body.push(body)
    if (end) this.#end([])
  }

  onData(chunk: Buffer): void {
    this.calls.push('data')
    this.#body.push(chunk)
    this.stream?.grant(chunk.length)
  }

  onEnd(trailers: RawHeaders): void {
    this.calls.push('end')
    this.#end(trailers)
  }

  onError(code: ResetCode, message: string): void {
    this.calls.push('error')
    this.errors.push(code)
    this.#reject(new StreamFailed(code, message))
  }

  #end(trailers: RawHeaders): void {
    this.ends++
    this.#resolve({
      status: this.#status,
      headers: this.#headers,
      body: Buffer.concat(this.#body),
      trailers,
      information: this.#information,
    })
  }
}

const deaf: RequestHandler = { onData() {}, onEnd() {}, onError() {} }

/** Answers every request at once, with what the request was. */
export const answerAtOnce: Serve = (request, _body, _end, stream) => {
  const text = `${request.method} ${request.origin}${request.target}`
  stream.answer(200, ['content-type', 'text/plain'], Buffer.from(text), true)
  return deaf
}

/** Never answers. */
export const neverAnswer: Serve = () => deaf

/** Sends every request body back, at the pace at which it is read. */
export const echo: Serve = (request, body, end, stream) => {
  stream.answer(200, request.headers, body, end)
  let owed = 0
  stream.onDrain = () => {
    stream.grant(owed)
    owed = 0
  }
  return {
    onData(chunk) {
      if (stream.write(chunk)) stream.grant(chunk.length)
      else owed += chunk.length
    },
    onEnd: (trailers) => stream.end(trailers),
    onError() {},
  }
}
