import { CssScanner } from './css.ts'
import type { Links } from './links.ts'
import { type Edit, noEdits } from './reading.ts'
import { EditList } from './splice.ts'
import { editReference, editText } from './text-link.ts'
import { valueKind } from './vocabulary.ts'

/** The links in an attribute's resolved value that have to change, in order. Whole documents are not for here. */
export function editValue(links: Links, kind: number, text: string): readonly Edit[] {
  return editors.get(kind)?.(links, text) ?? noEdits
}

type Editor = (links: Links, text: string) => readonly Edit[]

const editors: ReadonlyMap<number, Editor> = new Map<number, Editor>([
  [valueKind.url, (links, text) => editReference(links, text, 0, text.length)],
  [valueKind.base, editBase],
  [valueKind.urls, editUrls],
  [valueKind.candidates, editCandidates],
  [valueKind.meta, editMeta],
  [valueKind.text, editText],
  [valueKind.style, editStyle],
  [valueKind.charset, declareCharset],
])

function editBase(links: Links, text: string): readonly Edit[] {
  // Told beforehand, it would count for itself.
  const edits = editReference(links, text, 0, text.length)
  links.declareBase(text.trim())
  return edits
}

function editUrls(links: Links, text: string): readonly Edit[] {
  const edits: Edit[] = []
  for (const { index, 0: url } of text.matchAll(/[^\t\n\f\r ]+/g)) {
    edits.push(...editReference(links, text, index, index + url.length))
  }
  return edits
}

/** HTML §parse-a-srcset-attribute: a URL, then descriptors up to a comma outside of parentheses. */
function editCandidates(links: Links, text: string): readonly Edit[] {
  const edits: Edit[] = []
  let i = 0
  while (i < text.length) {
    while (i < text.length && (isSpace(text, i) || text[i] === ',')) i++
    const start = i
    while (i < text.length && !isSpace(text, i)) i++
    let end = i
    while (end > start && text[end - 1] === ',') end--
    edits.push(...editReference(links, text, start, end))
    // A comma right behind the URL ends the candidate.
    if (end === i) i = endOfDescriptors(text, i)
  }
  return edits
}

function isSpace(text: string, index: number): boolean {
  return /[\t\n\f\r ]/.test(text[index] as string)
}

function endOfDescriptors(text: string, start: number): number {
  let inside = false
  for (let i = start; i < text.length; i++) {
    const character = text[i]
    if (character === '(') inside = true
    else if (character === ')') inside = false
    else if (character === ',' && !inside) return i
  }
  return text.length
}

// HTML §shared-declarative-refresh-steps: seconds, then optionally a separator, `url=` and a quote.
const refresh =
  /^[\t\n\f\r ]*(?:[0-9]+[0-9.]*|\.[0-9.]*)[\t\n\f\r ]*[;,]?[\t\n\f\r ]*(?:url[\t\n\f\r ]*=[\t\n\f\r ]*)?["']?/i

function editMeta(links: Links, text: string): readonly Edit[] {
  declareContentType(links, text)
  const start = refresh.exec(text)?.[0].length
  if (start === undefined) return editText(links, text)
  const quote = text[start - 1]
  const closing = quote === '"' || quote === "'" ? text.indexOf(quote, start) : -1
  return editReference(links, text, start, closing < 0 ? text.length : closing)
}

// HTML §prescan-get-an-encoding: `text/html; charset=…`. Other elements speak of charsets, too.
function declareContentType(links: Links, text: string): void {
  if (!/^[\t\n\f\r ]*(?:text|application)\//i.test(text)) return
  const label = /charset[\t\n\f\r ]*=[\t\n\f\r ]*["']?([^\t\n\f\r "';]+)/i.exec(text)?.[1]
  if (label !== undefined) links.declareCharset(label)
}

function declareCharset(links: Links, text: string): readonly Edit[] {
  links.declareCharset(text)
  return noEdits
}

function editStyle(links: Links, text: string): readonly Edit[] {
  if (!text.includes('(')) return noEdits
  const list = new EditList()
  const scanner = new CssScanner(links, list)
  scanner.write(Buffer.from(text, 'latin1'))
  scanner.end()
  return list.edits
}
