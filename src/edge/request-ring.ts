import type { TrustedProxies } from '../http/forwarded.ts'
import type { Recording } from './recording.ts'
import { emptyFacts, keepFacts, pathMaxLength, type RequestFacts } from './request-facts.ts'

// A UUID (request-id.ts).
const idLength = 36

/**
 * The last so many requests. Its places are made once and filled anew, and ids and paths, of which each is another, are
 * bytes: nothing that a request leaves here has to be collected later.
 */
export class RequestRing {
  readonly #capacity: number
  readonly #places: RequestFacts[] = []
  readonly #ids: Buffer
  readonly #paths: Buffer
  readonly #pathLengths: Uint16Array
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#ids = Buffer.allocUnsafeSlow(capacity * idLength)
    this.#paths = Buffer.allocUnsafeSlow(capacity * pathMaxLength)
    this.#pathLengths = new Uint16Array(capacity)
  }

  add(recording: Recording, proxies: TrustedProxies | undefined): void {
    if (this.#capacity === 0) return
    const at = this.#next
    this.#next = at + 1 === this.#capacity ? 0 : at + 1
    let place = this.#places[at]
    if (place === undefined) {
      place = emptyFacts()
      this.#places.push(place)
    }
    keepFacts(place, recording, proxies)
    const { id, target } = recording.request
    this.#ids.write(id, at * idLength, idLength, 'latin1')
    const { path } = target
    this.#pathLengths[at] = Math.min(path.length, 0xffff)
    // Targets are ASCII (http/target.ts); what is too long is cut here.
    this.#paths.write(path, at * pathMaxLength, pathMaxLength, 'latin1')
  }

  /** Copies of the facts, in no order. */
  *facts(): Generator<RequestFacts> {
    for (const at of this.#places.keys()) yield this.#factsAt(at)
  }

  find(id: string): RequestFacts | undefined {
    for (const at of this.#places.keys()) if (this.#idAt(at) === id) return this.#factsAt(at)
    return undefined
  }

  #factsAt(at: number): RequestFacts {
    return { ...(this.#places[at] as RequestFacts), id: this.#idAt(at), path: this.#pathAt(at) }
  }

  #idAt(at: number): string {
    return this.#ids.toString('latin1', at * idLength, (at + 1) * idLength)
  }

  #pathAt(at: number): string {
    const length = this.#pathLengths[at] as number
    const start = at * pathMaxLength
    const path = this.#paths.toString('latin1', start, start + Math.min(length, pathMaxLength))
    return length > pathMaxLength ? `${path}…` : path
  }
}
