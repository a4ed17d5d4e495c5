/** What has a number on its link. */
interface Numbered {
  readonly id: number
}

// 256 places, 2 KiB a link: as many streams as come and go in a turn must not make it grow and shrink each time.
const fewestBits = 8
// Fibonacci hashing (Knuth, TAOCP 3, §6.4): numbers that follow one another are spread evenly.
const goldenRatio = 0x9e37_79b1

type Places<Stream> = (Stream | undefined)[]

/**
 * The live streams of a link by their number. In place of a Map because streams come and go all the time: a Map that they
 * pass through leaves its old tables behind, each of which leads to the next, and once one of them is in the old
 * generation the young collector keeps all that went through them since. Open addressing, at most half full.
 */
export class StreamTable<Stream extends Numbered> {
  #bits = fewestBits
  #places: Places<Stream> = emptyPlaces(fewestBits)
  #size = 0

  get size(): number {
    return this.#size
  }

  get(id: number): Stream | undefined {
    return this.#places[this.#placeOf(id)]
  }

  /** Takes in a stream whose number is not there. */
  add(stream: Stream): void {
    this.#size++
    if (this.#size * 2 > this.#places.length) this.#resize(this.#bits + 1)
    this.#places[this.#placeOf(stream.id)] = stream
  }

  delete(id: number): void {
    let gap = this.#placeOf(id)
    if (this.#places[gap] === undefined) return
    this.#size--
    gap = this.#closeGap(gap)
    this.#places[gap] = undefined
    if (this.#size * 16 < this.#places.length && this.#bits > fewestBits)
      this.#resize(this.#bits - 1)
  }

  /** All of them now, in no order. */
  list(): Stream[] {
    return this.#places.filter((stream) => stream !== undefined)
  }

  /** Where the stream with that number is, or would be. */
  #placeOf(id: number): number {
    const places = this.#places
    let at = this.#homeOf(id)
    for (let stream = places[at]; stream && stream.id !== id; stream = places[at]) {
      at = (at + 1) & (places.length - 1)
    }
    return at
  }

  #homeOf(id: number): number {
    return Math.imul(id, goldenRatio) >>> (32 - this.#bits)
  }

  /** Moves up who stands behind a gap, so that there is none between anybody and his home; returns where it is then. */
  #closeGap(first: number): number {
    const places = this.#places
    const mask = places.length - 1
    let gap = first
    let at = (gap + 1) & mask
    for (let stream = places[at]; stream; stream = places[at]) {
      const stepsFromHome = (at - this.#homeOf(stream.id)) & mask
      if (stepsFromHome >= ((at - gap) & mask)) {
        places[gap] = stream
        gap = at
      }
      at = (at + 1) & mask
    }
    return gap
  }

  #resize(bits: number): void {
    const streams = this.list()
    this.#bits = bits
    this.#places = emptyPlaces(bits)
    for (const stream of streams) this.#places[this.#placeOf(stream.id)] = stream
  }
}

function emptyPlaces<Stream>(bits: number): Places<Stream> {
  return new Array<Stream | undefined>(2 ** bits).fill(undefined)
}
