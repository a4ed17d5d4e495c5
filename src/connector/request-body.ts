import { passableTrailers } from '../http/end-to-end.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { BackendExchange } from './backend-exchange.ts'

/** What a body tells of itself. */
export interface BodyOwner {
  /** Credit for the edge: the backend has taken so many bytes. */
  grant(bytes: number): void
  /** The body is not what its request said. */
  refuse(problem: string): void
}

/** The body of one request on its way to the backend; credit goes back to the edge as the backend takes the bytes. */
export class RequestBody {
  readonly #declaredLength: number | undefined
  readonly #owner: BodyOwner
  readonly #queue: Buffer[] = []
  #received: number
  #owed = 0
  #trailers: RawHeaders | undefined
  #exchange: BackendExchange | undefined
  #dropping = false

  /** `declaredLength` is the request's Content-Length; `received` of it came with the head and owe no credit. */
  constructor(declaredLength: number | undefined, received: number, owner: BodyOwner) {
    this.#declaredLength = declaredLength
    this.#received = received
    this.#owner = owner
  }

  /** There is somebody to send it to. */
  pourInto(exchange: BackendExchange): void {
    this.#exchange = exchange
    for (const chunk of this.#queue.splice(0)) this.#pass(exchange, chunk)
    if (this.#trailers) exchange.end(this.#trailers)
  }

  /** The next bytes. When nobody wants them any more they are dropped and granted all the same. */
  onData(chunk: Buffer): void {
    this.#owed += chunk.length
    this.#received += chunk.length
    if (this.#dropping) this.onDrain()
    else if (this.#received > (this.#declaredLength ?? Number.POSITIVE_INFINITY)) {
      this.#owner.refuse('the body is longer than declared')
    } else if (this.#exchange) this.#pass(this.#exchange, chunk)
    else this.#queue.push(chunk)
  }

  onEnd(trailers: RawHeaders): void {
    if (this.#dropping) return
    if (this.#received < (this.#declaredLength ?? 0)) {
      this.#owner.refuse('the body is shorter than declared')
      return
    }
    this.#trailers = passableTrailers(trailers)
    this.#exchange?.end(this.#trailers)
  }

  /** The backend has taken what it was sent. */
  onDrain(): void {
    const bytes = this.#owed
    if (bytes === 0) return
    this.#owed = 0
    this.#owner.grant(bytes)
  }

  /** Nobody wants the rest. */
  drop(): void {
    this.#dropping = true
    this.#queue.length = 0
    this.onDrain()
  }

  #pass(exchange: BackendExchange, chunk: Buffer): void {
    if (exchange.write(chunk)) this.onDrain()
  }
}
