import type { TrustedProxies } from '../http/forwarded.ts'
import type { Recording } from './recording.ts'
import { emptyFacts, keepFacts, pathMaxLength, type RequestFacts } from './request-facts.ts'

/**
 * The last so many requests. Its places are made once and filled anew, and paths, of which each is another, are bytes in
 * one buffer: nothing that a request leaves here has to be collected later.
 */
export class RequestRing {
  readonly #capacity: number
  readonly #places: RequestFacts[] = []
  readonly #paths: Buffer
  readonly #pathLengths: Uint16Array
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
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
    const { path } = recording.request.target
    this.#pathLengths[at] = Math.min(path.length, 0xffff)
    // Targets are ASCII (http/target.ts); what is too long is cut here.
    this.#paths.write(path, at * pathMaxLength, pathMaxLength, 'latin1')
  }

  /** Copies of the facts, in no order. */
  *facts(): Generator<RequestFacts> {
    for (const [at, place] of this.#places.entries()) yield { ...place, path: this.#pathAt(at) }
  }

  find(id: string): RequestFacts | undefined {
    const at = this.#places.findIndex((place) => place.id === id)
    const place = this.#places[at]
    return place && { ...place, path: this.#pathAt(at) }
  }

  #pathAt(at: number): string {
    const length = this.#pathLengths[at] as number
    const start = at * pathMaxLength
    const path = this.#paths.toString('latin1', start, start + Math.min(length, pathMaxLength))
    return length > pathMaxLength ? `${path}…` : path
  }
}
