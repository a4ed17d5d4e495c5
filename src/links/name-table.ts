/** Where a name stands before its first byte. */
export const nameStart = 1

// Five bits tell apart what names are made of, upper and lower case alike; 0 is anything else.
const classBits = 5
const classOf = new Uint8Array(256)
for (let letter = 1; letter <= 26; letter++) {
  classOf[0x40 + letter] = letter
  classOf[0x60 + letter] = letter
}
classOf['-'.charCodeAt(0)] = 27
classOf[':'.charCodeAt(0)] = 28

/** Known names as a table of steps: told apart byte by byte, however the bytes arrive, and without making strings. */
export class NameTable {
  /** Position after a byte; 0 is the position no name is left at. */
  readonly #steps: Uint16Array
  readonly #ids: Uint8Array

  /** A name's id is its index plus one. Names consist of letters, `-` and `:`. */
  constructor(names: readonly string[]) {
    const positions = 2 + names.reduce((sum, name) => sum + name.length, 0)
    this.#steps = new Uint16Array(positions << classBits)
    this.#ids = new Uint8Array(positions)
    let last = nameStart
    for (const [index, name] of names.entries()) {
      let position = nameStart
      for (const byte of Buffer.from(name)) {
        const step = (position << classBits) | (classOf[byte] as number)
        position = this.#steps[step] ||= ++last
      }
      this.#ids[position] = index + 1
    }
  }

  /** The position after one more byte. */
  next(position: number, byte: number): number {
    return this.#steps[(position << classBits) | (classOf[byte] as number)] as number
  }

  /** The id of the name that ends here; 0 for one that is not known. */
  idAt(position: number): number {
    return this.#ids[position] as number
  }
}
