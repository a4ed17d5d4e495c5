import { detached } from '../http/detached.ts'
import { TextMemory } from '../http/text-memory.ts'

// Methods, agents, origins and sentences come again and again. Whoever invents them costs a copy each, and this much memory.
const textsMax = 1_024
const texts = new TextMemory<string>(textsMax)

/** A copy that holds on to no message, the same for equal texts, cut where it is longer. */
export function keptText(text: string, maxLength: number): string {
  const short = text.length > maxLength ? text.slice(0, maxLength) : text
  const known = texts.get(short)
  if (known !== undefined) return known
  const own = detached(short)
  texts.set(own, own)
  return own
}
