import { stripVTControlCharacters } from 'node:util'

/** C0 and C1 controls, other ends of lines, and what changes the direction of text around it: all can make a terminal lie. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are to go
export const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Words from elsewhere as a terminal may show them: one line, without anything that moves the cursor or paints. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, ' ').replace(unsafe, '')
}

/** The same for several lines with their indentation. */
export function cleanBlock(text: string): string {
  return stripVTControlCharacters(text).replace(unsafe, (sign) => (/[\n\t]/.test(sign) ? sign : ''))
}

/** The same for one line with its indentation: what ends lines in words of others must not begin one of ours. */
export function cleanLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s*[\n\r\u2028\u2029]+\s*/g, ' ')
    .replace(unsafe, '')
}

/** JSON as a terminal may show it: C0 is escaped already, the rest of what can fool a terminal is not. */
export function escapeUnsafe(json: string): string {
  return json.replace(unsafe, (sign) =>
    sign === '\n' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

// Made when a text needs it: making one takes as long as reading a file of ours.
let segmenter: Intl.Segmenter | undefined

function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return segmenter.segment(text)
}

// East Asian Wide and Fullwidth (UAX #11), and pictures.
const wide =
  /^(?:[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic})/u
// Printable ASCII, by far the most there is.
const plain = /^[\x20-\x7e]*$/

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemesOf(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/** The text in at most `width` columns, with an ellipsis where something is missing. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let used = 0
  for (const { segment } of graphemesOf(text)) {
    used += widthOf(segment)
    if (used > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** A line, painted already, in as many as it needs at `width`; those after the first begin below its `hanging` column. */
export function wrap(line: string, width: number, hanging: number): readonly string[] {
  const lines: string[] = []
  let [current = '', ...words] = line.split(/(?<=\S) /)
  for (const word of words) {
    const next = `${current} ${word}`
    if (widthOf(stripVTControlCharacters(next)) <= width) {
      current = next
    } else {
      lines.push(current)
      current = ' '.repeat(hanging) + word.trimStart()
    }
  }
  return [...lines, current]
}

export type Style = 'good' | 'bad' | 'warn' | 'dim' | 'bold'

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  dim: [2, 22],
  bold: [1, 22],
}

export type Paint = (style: Style | undefined, text: string) => string

/** Colours, where a person looks at a terminal that has some and did not ask for none (no-color.org). */
export function createPaint(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): Paint {
  const forced = (environment['FORCE_COLOR'] ?? '') !== '' && environment['FORCE_COLOR'] !== '0'
  const refused = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb'
  if (refused || !(isTerminal || forced)) return (_, text) => text
  return (style, text) => {
    if (style === undefined) return text
    const [on, off] = codes[style]
    return `\u001b[${on}m${text}\u001b[${off}m`
  }
}
