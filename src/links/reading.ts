/** What written text means once its escapes are resolved, one character a byte, and where each character was written. */
export interface Reading {
  readonly text: string
  /** Index in the written text of every character, and its length at the end; undefined: nothing was escaped. */
  readonly places: readonly number[] | undefined
}

/** A part of a text and what is to stand in its place. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export const noEdits: readonly Edit[] = []

/** Stands for a character that no part of a published URL can be. */
export const foreignCharacter = '\x00'

/** Resolves every match of `pattern` (global); `resolve` gives what it means, or undefined for itself. */
export function readEscaped(
  written: string,
  pattern: RegExp,
  resolve: (match: RegExpExecArray) => string | undefined,
): Reading {
  let text = ''
  const places: number[] = []
  let copied = 0
  const copyTo = (end: number) => {
    for (let i = copied; i < end; i++) places.push(i)
    text += written.slice(copied, end)
    copied = end
  }
  for (const match of written.matchAll(pattern)) {
    const meaning = resolve(match)
    if (meaning === undefined) continue
    copyTo(match.index)
    for (let i = 0; i < meaning.length; i++) places.push(match.index)
    text += meaning
    copied = match.index + match[0].length
  }
  if (copied === 0) return { text: written, places: undefined }
  copyTo(written.length)
  places.push(written.length)
  return { text, places }
}

/** Edits of the meaning as edits of what was written; `write` escapes a text for where it stands. */
export function writeEdits(
  reading: Reading,
  edits: readonly Edit[],
  write: (text: string) => string,
): readonly Edit[] {
  if (edits.length === 0) return noEdits
  const { places } = reading
  if (!places && edits.every(({ text }) => write(text) === text)) return edits
  return edits.map(({ start, end, text }) => ({
    start: places ? (places[start] as number) : start,
    end: places ? (places[end] as number) : end,
    text: write(text),
  }))
}

/** A character by its code point; what is not ASCII is told apart from everything that is. */
export function asciiOf(codePoint: number): string {
  return codePoint > 0 && codePoint < 0x80 ? String.fromCharCode(codePoint) : foreignCharacter
}
