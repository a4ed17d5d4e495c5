import type { Exchange } from '../publishing/translate.ts'
import type { Links } from './links.ts'
import { type Edit, noEdits } from './reading.ts'

/** The edit for a text that is one reference between two indexes. */
export function editReference(
  links: Links,
  text: string,
  start: number,
  end: number,
): readonly Edit[] {
  const link = trimmed(text, start, end)
  return editLink(link, links.translate(link.text))
}

/** The edit for a text that may be a whole absolute URL. */
export function editText(links: Links, text: string): readonly Edit[] {
  const link = trimmed(text, 0, text.length)
  return editLink(link, links.translateAbsolute(link.text))
}

interface Link {
  readonly start: number
  readonly text: string
}

/** URL §url-parsing: C0 controls and spaces at both ends do not count. */
function trimmed(text: string, start: number, end: number): Link {
  let first = start
  let last = end
  while (first < last && text.charCodeAt(first) <= 0x20) first++
  while (last > first && text.charCodeAt(last - 1) <= 0x20) last--
  return { start: first, text: text.slice(first, last) }
}

function editLink({ start }: Link, exchange: Exchange | undefined): readonly Edit[] {
  return exchange ? [{ start, end: start + exchange.length, text: exchange.text }] : noEdits
}
