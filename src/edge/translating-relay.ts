import type { Fault } from '../base/fault.ts'
import type { RawHeaders } from '../http/headers.ts'
import { sessionElements } from '../identity/sign-in/session-script.ts'
import { type BodyReader, type BodyTranslation, CodedBody } from '../links/coded-body.ts'
import { Injection, Succession } from '../links/injection.ts'
import { describeNotModified, describeTranslated, type Plan, planBody } from '../links/plan.ts'
import { TextTranslation } from '../links/text.ts'
import type { Found } from '../publishing/route-table.ts'
import type { Snapshot } from './edge.ts'
import type { AnswerSink, ForwardedStream } from './forward.ts'
import type { Relay, RequestStream } from './relay.ts'
import type { EdgeRequest } from './request.ts'

export interface TranslationContext {
  readonly snapshot: Snapshot
  readonly found: Found
  readonly request: EdgeRequest
  /** Pages get the script that signs people in again. [S5] */
  readonly injects: boolean
}

const nothing: Buffer = Buffer.alloc(0)

/**
 * Stands between the tunnel and a relay where links in bodies are translated: the relay sees the translated answer, the
 * tunnel gets credit for the bytes that became it. [F4]
 */
export class TranslatingRelay implements AnswerSink, BodyReader {
  readonly #relay: Relay
  readonly #context: TranslationContext
  #stream: ForwardedStream | undefined
  #plain: BodyTranslation | undefined
  #coded: CodedBody | undefined
  #trailers: RawHeaders = []
  /** Bytes that came with the head, which need no credit (tunnel/spec.md). */
  #free = 0
  /** Bytes read that the tunnel has no credit for yet, and bytes given to the relay that the client has not taken. */
  #owed = 0
  #untaken = 0

  constructor(relay: Relay, context: TranslationContext) {
    this.#relay = relay
    this.#context = context
  }

  /** The stream whose answer comes here, as the relay is to see it. */
  attach(stream: ForwardedStream): RequestStream {
    this.#stream = stream
    return {
      write: (chunk) => stream.write(chunk),
      end: (trailers) => stream.end(trailers),
      grant: (bytes) => this.#grant(bytes),
      cancel: () => this.#cancel(),
      set onDrain(listener: (() => void) | undefined) {
        stream.onDrain = listener
      },
    }
  }

  inform(status: number, headers: RawHeaders): void {
    this.#relay.inform(status, headers)
  }

  answer(status: number, headers: RawHeaders, body: Buffer, end: boolean, reason?: string): void {
    const { request } = this.#context
    const { version } = this.#context.snapshot
    const plan = planBody(status, headers)
    const translation = 'because' in plan ? undefined : this.#translationFor(plan)
    if ('because' in plan || !translation) {
      const own = status === 304 ? describeNotModified(headers, request.headers, version) : headers
      this.#relay.answer(status, own, body, end, reason)
      return
    }
    const described = this.#describe(headers, plan, version)
    if (request.method === 'HEAD') {
      this.#relay.answer(status, described, body, end, reason)
      return
    }
    if (plan.coding !== 'identity') {
      this.#coded = new CodedBody(plan.coding, translation, this)
      this.#relay.answer(status, described, nothing, false, reason)
      this.#free = body.length
      this.#coded.write(body)
      if (end) this.#coded.end()
    } else if (end) {
      const whole = Buffer.concat([translation.translate(body), translation.end()])
      const fields = [...described, 'Content-Length', String(whole.length)]
      this.#relay.answer(status, fields, whole, true, reason)
    } else {
      this.#plain = translation
      this.#relay.answer(status, described, translation.translate(body), false, reason)
    }
  }

  #translationFor(plan: Plan): BodyTranslation | undefined {
    const { snapshot, found, injects } = this.#context
    const links = found.route.application.translateLinksInBody
      ? new TextTranslation(snapshot.routes, found, plan)
      : undefined
    if (!injects || plan.language !== 'html') return links
    const injection = new Injection(sessionElements)
    return links ? new Succession(links, injection) : injection
  }

  #describe(headers: RawHeaders, plan: Plan, version: number): RawHeaders {
    const described = describeTranslated(headers, version)
    const differs = this.#context.injects && plan.language === 'html'
    // A script that fetches the same URL gets the application's own bytes.
    return differs ? [...described, 'Vary', 'Sec-Fetch-Dest'] : described
  }

  data(chunk: Buffer): void {
    if (this.#coded) this.#coded.write(chunk)
    else if (this.#plain) {
      this.#owed += chunk.length
      this.#give(this.#plain.translate(chunk))
      this.#settle()
    } else this.#relay.data(chunk)
  }

  end(trailers: RawHeaders): void {
    if (!this.#plain && !this.#coded) {
      this.#relay.end(trailers)
      return
    }
    this.#trailers = describeTranslated(trailers, this.#context.snapshot.version)
    if (this.#coded) this.#coded.end()
    else if (this.#plain) {
      this.#give(this.#plain.end())
      this.onEnd()
    }
  }

  fail(fault: Fault): void {
    this.#coded?.[Symbol.dispose]()
    this.#relay.fail(fault)
  }

  onData(bytes: Buffer): boolean {
    this.#give(bytes)
    return this.#untaken === 0
  }

  onRead(bytes: number): void {
    const free = Math.min(this.#free, bytes)
    this.#free -= free
    this.#owed += bytes - free
    this.#settle()
  }

  onEnd(): void {
    this.#relay.end(this.#trailers)
  }

  onError(fault: Fault): void {
    this.#stream?.cancel()
    this.#relay.fail(fault)
  }

  /** The client has taken so many bytes of the answer. */
  #grant(bytes: number): void {
    if (!this.#plain && !this.#coded) {
      this.#stream?.grant(bytes)
      return
    }
    this.#untaken -= bytes
    this.#settle()
    if (this.#untaken === 0) this.#coded?.resume()
  }

  #cancel(): void {
    this.#coded?.[Symbol.dispose]()
    this.#stream?.cancel()
  }

  #give(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#untaken += bytes.length
    this.#relay.data(bytes)
  }

  #settle(): void {
    const owed = this.#owed
    if (this.#untaken > 0 || owed === 0) return
    this.#owed = 0
    this.#stream?.grant(owed)
  }
}
