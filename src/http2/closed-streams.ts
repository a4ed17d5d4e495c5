/** How a stream came to its end: by both sides, by the client's reset, by ours. */
export type Ending = 'ended' | 'reset' | 'refused'

const endings: readonly Ending[] = ['ended', 'reset', 'refused']

// What the client still had on its way for a stream that we reset arrives within a round trip.
const rememberedStreams = 1024

/** The last streams of a connection, to tell what comes late from what comes wrongly (RFC 9113 §5.1). */
export class ClosedStreams {
  readonly #ids = new Uint32Array(rememberedStreams)
  readonly #endings = new Uint8Array(rememberedStreams)

  add(id: number, ending: Ending): void {
    const slot = (id >>> 1) % rememberedStreams
    this.#ids[slot] = id
    this.#endings[slot] = endings.indexOf(ending)
  }

  /** undefined: never opened, or long ago. */
  get(id: number): Ending | undefined {
    const slot = (id >>> 1) % rememberedStreams
    return this.#ids[slot] === id ? endings[this.#endings[slot] as number] : undefined
  }
}
