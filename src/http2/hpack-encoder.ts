import type { RawHeaders } from '../http/headers.ts'
import { hopByHop } from '../http/hop.ts'
import { entryOverheadBytes } from './field.ts'
import { staticTable } from './static-table.ts'

const tableMaxBytes = 4096
// No entry is smaller than 32 bytes.
const tableMaxEntries = 128

/** How a field of an answer is written, told by its name. */
interface FieldPlan {
  /** Lower-case. */
  readonly name: string
  /** Belongs to another hop; forbidden here (RFC 9113 §8.2.2). */
  readonly drop: boolean
  /** Where the name stands in the static table; 0 for nowhere. */
  readonly nameIndex: number
  /** Worth a place in the table, and no secret: what is remembered shows in the length of what follows (RFC 7541 §7.1). */
  readonly remember: boolean
  readonly isDate: boolean
  readonly isLength: boolean
}

const rememberedNames =
  /^(?:accept-ranges|access-control-.*|allow|alt-svc|cache-control|content-(?:disposition|encoding|language|security-policy|type)|cross-origin-.*|date|permissions-policy|referrer-policy|server|strict-transport-security|vary|via|x-(?:content-type-options|frame-options|powered-by|xss-protection))$/
const rememberedMaxBytes = 512

const staticNames: ReadonlyMap<string, number> = new Map(
  staticTable.map(([name], index) => [name, index + 1] as const).toReversed(),
)
const statusIndexes: ReadonlyMap<number, number> = new Map(
  staticTable.flatMap(([name, value], index) =>
    name === ':status' ? [[Number(value), index + 1] as const] : [],
  ),
)
const statusNameIndex = 8

// Applications write the same few dozen names. Whoever invents names costs what they would cost anyway.
const plansMax = 1024
const plannedNameMaxLength = 64
const plans = new Map<string, FieldPlan>()

interface Entry {
  readonly key: string
  readonly size: number
}

/** Fields of one connection's answers, written in the order in which they are sent (RFC 7541). */
export class HpackEncoder {
  #out: Buffer = Buffer.allocUnsafe(4096)
  #at = 0
  /** `name\nvalue` → how many entries had been made before it. */
  readonly #known = new Map<string, number>()
  readonly #entries: Entry[] = []
  #evicted = 0
  #made = 0
  #bytes = 0
  #maxBytes = tableMaxBytes
  /** Sizes that the client has yet to be told of (RFC 7541 §4.2). */
  #smallest: number | undefined
  #changed = false

  /** What the client allows, in its SETTINGS. */
  limitTable(bytes: number): void {
    const maxBytes = Math.min(bytes, tableMaxBytes)
    if (maxBytes === this.#maxBytes) return
    this.#smallest = Math.min(this.#smallest ?? this.#maxBytes, maxBytes)
    this.#maxBytes = maxBytes
    this.#changed = true
    this.#evict(maxBytes)
  }

  /** The block of an answer's head, or of its trailers where `status` is 0. The bytes are good until the next call. */
  encode(status: number, headers: RawHeaders): Buffer {
    this.#at = 0
    if (this.#changed) this.#tellSizes()
    if (status !== 0) this.#status(status)
    // RFC 9110 §6.6.1: an answer without a date gets one from the first who has a clock.
    let dated = status < 200
    for (let i = 0; i < headers.length; i += 2) {
      const plan = planOf(headers[i] as string)
      // RFC 9110 §8.6.
      if (plan.drop || (plan.isLength && (status === 204 || status < 200))) continue
      if (plan.isDate) dated = true
      this.#field(plan, headers[i + 1] as string)
    }
    if (!dated) this.#field(planOf('date'), dateNow())
    return this.#out.subarray(0, this.#at)
  }

  #status(status: number): void {
    const index = statusIndexes.get(status)
    if (index !== undefined) this.#integer(0x80, 7, index)
    else {
      this.#integer(0, 4, statusNameIndex)
      this.#string(String(status))
    }
  }

  #field(plan: FieldPlan, value: string): void {
    const { name, nameIndex } = plan
    const size = name.length + value.length + entryOverheadBytes
    const remember = plan.remember && size <= Math.min(rememberedMaxBytes, this.#maxBytes)
    if (remember) {
      const key = `${name}\n${value}`
      const made = this.#known.get(key)
      if (made !== undefined) {
        this.#integer(0x80, 7, staticTable.length + this.#made - made)
        return
      }
      this.#remember(key, size)
    }
    if (remember) this.#integer(0x40, 6, nameIndex)
    else this.#integer(0, 4, nameIndex)
    if (nameIndex === 0) this.#string(name)
    this.#string(value)
  }

  #remember(key: string, size: number): void {
    this.#evict(this.#maxBytes - size)
    this.#known.set(key, this.#made)
    this.#entries[this.#made % tableMaxEntries] = { key, size }
    this.#made += 1
    this.#bytes += size
  }

  #evict(room: number): void {
    while (this.#bytes > room && this.#evicted < this.#made) {
      const { key, size } = this.#entries[this.#evicted % tableMaxEntries] as Entry
      this.#known.delete(key)
      this.#bytes -= size
      this.#evicted += 1
    }
  }

  #tellSizes(): void {
    const smallest = this.#smallest ?? this.#maxBytes
    if (smallest < this.#maxBytes) this.#integer(0x20, 5, smallest)
    this.#integer(0x20, 5, this.#maxBytes)
    this.#smallest = undefined
    this.#changed = false
  }

  /** RFC 7541 §5.1 */
  #integer(pattern: number, prefix: number, value: number): void {
    this.#reserve(6)
    const most = (1 << prefix) - 1
    if (value < most) {
      this.#out[this.#at++] = pattern | value
      return
    }
    this.#out[this.#at++] = pattern | most
    let rest = value - most
    for (; rest >= 0x80; rest >>>= 7) this.#out[this.#at++] = (rest & 0x7f) | 0x80
    this.#out[this.#at++] = rest
  }

  // As it is: what Huffman's code would save is less than what it costs.
  #string(text: string): void {
    this.#integer(0, 7, text.length)
    this.#reserve(text.length)
    this.#at += this.#out.write(text, this.#at, 'latin1')
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#out.length * 2, this.#at + bytes))
    this.#out.copy(grown, 0, 0, this.#at)
    this.#out = grown
  }
}

function planOf(written: string): FieldPlan {
  const known = plans.get(written)
  if (known) return known
  const name = written.toLowerCase()
  const plan: FieldPlan = {
    name,
    drop: hopByHop.has(name),
    nameIndex: staticNames.get(name) ?? 0,
    remember: rememberedNames.test(name),
    isDate: name === 'date',
    isLength: name === 'content-length',
  }
  if (written.length > plannedNameMaxLength) return plan
  if (plans.size >= plansMax) plans.clear()
  plans.set(detached(written), plan)
  return plan
}

/** A copy that does not keep alive the long text which this may be a piece of. */
function detached(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

let dateSecond = 0
let dateText = ''

function dateNow(): string {
  const second = Math.floor(Date.now() / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    dateText = new Date(second * 1000).toUTCString()
  }
  return dateText
}
