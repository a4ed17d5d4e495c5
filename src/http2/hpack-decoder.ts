import { createField, type Field } from './field.ts'
import { decodeHuffman } from './huffman.ts'
import { staticTable } from './static-table.ts'

// RFC 7541 §4.2: what we never change, and announce as RFC 9113 §6.5.2 has it.
const tableMaxBytes = 4096
// No entry is smaller than 32 bytes.
const tableMaxEntries = 128

// RFC 7541 §6: what the first bits say, and how many bits are left for the number.
const indexed = { bit: 0x80, prefix: 7 } as const
const remembered = { bit: 0x40, prefix: 6 } as const
const sizeUpdate = { bit: 0x20, prefix: 5 } as const
const literalPrefix = 4
const huffman = { bit: 0x80, prefix: 7 } as const

/** How much one block of fields may hold. */
export interface ListLimits {
  /** By the sum of RFC 9113 §6.5.2. */
  readonly headerListBytes: number
  readonly headerPairs: number
}

/** A block that is no HPACK: the state of the whole connection is lost (RFC 9113 §4.3). */
export class HpackError extends Error {}

const staticFields: readonly Field[] = staticTable.map(([name, value]) => createField(name, value))

/** One client's fields, decoded in the order in which they come (RFC 7541). */
export class HpackDecoder {
  readonly #limits: ListLimits
  /** A ring: the newest entry is at `#newest`, older ones before it. */
  readonly #table: Field[] = []
  #newest = 0
  #entries = 0
  #bytes = 0
  #maxBytes = tableMaxBytes
  #scratch: Buffer = Buffer.allocUnsafe(1024)
  #input: Buffer = this.#scratch
  #at = 0
  #end = 0

  constructor(limits: ListLimits) {
    this.#limits = limits
  }

  /** The fields of one whole block; undefined when they are more than the limits allow. Throws HpackError. */
  decode(bytes: Buffer, start: number, end: number): Field[] | undefined {
    this.#input = bytes
    this.#at = start
    this.#end = end
    while (this.#at < end && this.#isSizeUpdate()) this.#resize(this.#integer(sizeUpdate.prefix))
    const { headerListBytes, headerPairs } = this.#limits
    const fields: Field[] = []
    let listBytes = 0
    let pairs = 0
    while (this.#at < end) {
      const field = this.#field()
      listBytes += field.size
      // What is too much has to be decoded all the same, or the next block would be read wrongly.
      if (++pairs <= headerPairs && listBytes <= headerListBytes) fields.push(field)
    }
    return pairs > headerPairs || listBytes > headerListBytes ? undefined : fields
  }

  #isSizeUpdate(): boolean {
    return ((this.#input[this.#at] as number) & 0xe0) === sizeUpdate.bit
  }

  #field(): Field {
    const first = this.#input[this.#at] as number
    if ((first & indexed.bit) !== 0) return this.#entry(this.#integer(indexed.prefix))
    if ((first & remembered.bit) !== 0) {
      const field = this.#literal(remembered.prefix)
      this.#remember(field)
      return field
    }
    if ((first & sizeUpdate.bit) !== 0) throw new HpackError('a table size within a block')
    return this.#literal(literalPrefix)
  }

  #literal(prefix: number): Field {
    const index = this.#integer(prefix)
    const name = index === 0 ? this.#string() : this.#entry(index).name
    return createField(name, this.#string())
  }

  #entry(index: number): Field {
    if (index <= 0) throw new HpackError('index 0')
    const known = staticFields[index - 1]
    if (known) return known
    const age = index - staticFields.length - 1
    if (age >= this.#entries) throw new HpackError(`index ${index}`)
    return this.#table[(this.#newest - age + tableMaxEntries) % tableMaxEntries] as Field
  }

  #remember(field: Field): void {
    this.#evict(this.#maxBytes - field.size)
    // RFC 7541 §4.4: one that is larger than the table empties it.
    if (field.size > this.#maxBytes) return
    this.#newest = (this.#newest + 1) % tableMaxEntries
    this.#table[this.#newest] = field
    this.#entries += 1
    this.#bytes += field.size
  }

  #resize(bytes: number): void {
    if (bytes > tableMaxBytes) throw new HpackError(`a table of ${bytes} bytes`)
    this.#maxBytes = bytes
    this.#evict(bytes)
  }

  #evict(room: number): void {
    while (this.#bytes > room && this.#entries > 0) {
      const oldest = (this.#newest - this.#entries + 1 + tableMaxEntries) % tableMaxEntries
      this.#bytes -= (this.#table[oldest] as Field).size
      this.#entries -= 1
    }
  }

  #integer(prefix: number): number {
    const most = (1 << prefix) - 1
    const first = this.#byte() & most
    if (first < most) return first
    let value = most
    // Four more bytes are 2^28: larger than anything that may stand here.
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte()
      value += (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new HpackError('a number that is too large')
  }

  #string(): string {
    const coded = ((this.#input[this.#at] ?? 0) & huffman.bit) !== 0
    const length = this.#integer(huffman.prefix)
    const start = this.#at
    const end = start + length
    if (end > this.#end) throw new HpackError('a string beyond its block')
    this.#at = end
    if (!coded) return this.#input.toString('latin1', start, end)
    if (this.#scratch.length < length * 2) this.#scratch = Buffer.allocUnsafe(length * 2)
    const decoded = decodeHuffman(this.#input, start, end, this.#scratch)
    if (decoded < 0) throw new HpackError('no Huffman code')
    return this.#scratch.toString('latin1', 0, decoded)
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new HpackError('a block that ends too early')
    return this.#input[this.#at++] as number
  }
}
