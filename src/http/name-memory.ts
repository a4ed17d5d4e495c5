import { detached } from './detached.ts'
import { TextMemory } from './text-memory.ts'

// Applications and browsers write the same few dozen names. Whoever invents names costs what each would cost anyway, and
// this much memory at most.
const rememberedMax = 1_024
const rememberedNameMaxLength = 64

/** What field names mean, judged once for each name as it is written. */
export class NameMemory<Meaning> {
  readonly #read: (written: string) => Meaning
  readonly #remembered = new TextMemory<Meaning>(rememberedMax)

  /** `read` judges a name; it gets a string of its own. */
  constructor(read: (written: string) => Meaning) {
    this.#read = read
  }

  meaningOf(written: string): Meaning {
    const known = this.#remembered.get(written)
    if (known !== undefined) return known
    const name = detached(written)
    const meaning = this.#read(name)
    if (name.length <= rememberedNameMaxLength) this.#remembered.set(name, meaning)
    return meaning
  }
}
