// A power of two, well above the number of names and hosts that are in use at a time.
const places = 1_024

interface Known<Value> {
  readonly text: string
  readonly value: Value
}

/**
 * What is known of texts that come again and again, each time as another string: names of fields, hosts. A Map would have
 * to look up such a string among all strings of the process first. Here its length and some of its characters tell the
 * one that it may be, and only of two that share a place the Map has to find one. Beyond `max` texts all are forgotten.
 */
export class TextMemory<Value> {
  readonly #max: number
  readonly #known = new Map<string, Known<Value>>()
  /** The last one that was asked for at each place. */
  readonly #recent: (Known<Value> | undefined)[] = new Array(places).fill(undefined)

  constructor(max: number) {
    this.#max = max
  }

  get(text: string): Value | undefined {
    const place = placeOf(text)
    const recent = this.#recent[place]
    if (recent !== undefined && recent.text === text) return recent.value
    const known = this.#known.get(text)
    if (known !== undefined) this.#recent[place] = known
    return known?.value
  }

  /** `text` is kept: give one of its own, not a piece of a message. */
  set(text: string, value: Value): void {
    if (this.#known.size >= this.#max) {
      this.#known.clear()
      this.#recent.fill(undefined)
    }
    const known = { text, value }
    this.#known.set(text, known)
    this.#recent[placeOf(text)] = known
  }
}

/** Names of fields differ in these more often than not; in `sec-fetch-site` and `-mode` only the last ones do. */
function placeOf(text: string): number {
  const { length } = text
  if (length < 2) return length
  const ends = text.charCodeAt(0) * 37 + text.charCodeAt(length - 1) * 961
  const within = text.charCodeAt(length - 2) * 31 + text.charCodeAt(length >> 1) * 7
  return (ends + within + length * 127) & (places - 1)
}
