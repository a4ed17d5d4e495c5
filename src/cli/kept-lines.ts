/** Beyond this many pairs of lines a comparison takes longer than somebody waits; the text is then written in one style. */
const pairsMax = 4_000_000

/**
 * `after` with the lines of `original` wherever it says the same as `before`, which is `original` in the style of a printer: so
 * that a change of one line changes one line. Where the two cannot be told apart line by line it is `after`.
 */
export function keepLines(original: string, before: string, after: string): string {
  const own = linesOf(original)
  const printed = linesOf(before)
  const written = matchLines(printed.map(squeeze), own.map(squeeze))
  if (!written || hasLost(own, written)) return after
  const wanted = linesOf(after)
  const kept = matchLines(wanted, printed)
  if (!kept) return after
  const texts = kept.map((printed) => asWritten(own, written, printed))
  return texts.map((text, index) => text ?? indentLike(wanted, texts, index)).join('\n')
}

/** How far a neighbour may be away that says how this depth is indented here. */
const neighbourMax = 30

/** A new line, as deep as the next one of its depth that somebody wrote. */
function indentLike(
  wanted: readonly string[],
  texts: readonly (string | undefined)[],
  index: number,
): string {
  const line = wanted[index] ?? ''
  const depth = depthOf(line)
  for (let away = 1; away <= neighbourMax; away++) {
    for (const at of [index - away, index + away]) {
      const written = texts[at]?.split('\n').at(-1)
      if (written === undefined || written.trim() === '' || depthOf(wanted[at] ?? '') !== depth)
        continue
      return `${' '.repeat(depthOf(written))}${line.slice(depth)}`
    }
  }
  return line
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length
}

function linesOf(text: string): readonly string[] {
  return text.split('\n')
}

function squeeze(line: string): string {
  return line.replace(/\s+/g, '')
}

/** A line of the original, with the blank lines above it. */
function asWritten(
  own: readonly string[],
  written: Matches,
  printed: number | undefined,
): string | undefined {
  const at = printed === undefined ? undefined : written[printed]
  if (at === undefined) return undefined
  // A printer leaves one blank line of several, and it is a line of its own there.
  let from = at
  while (from > 1 && own[from - 1]?.trim() === '' && own[from - 2]?.trim() === '') from--
  return own.slice(from, at + 1).join('\n')
}

/** Whether the printer put several lines into one: what stood there has no line of its own any more. */
function hasLost(own: readonly string[], written: Matches): boolean {
  const found = new Set(written)
  return own.some((line, index) => line.trim() !== '' && !found.has(index))
}

/** For each line the one that it is among others, in the same order; undefined where it is none of them. */
type Matches = readonly (number | undefined)[]

function matchLines(lines: readonly string[], others: readonly string[]): Matches | undefined {
  let head = 0
  while (head < lines.length && head < others.length && lines[head] === others[head]) head++
  let tail = 0
  const isSame = (): boolean => lines.at(-1 - tail) === others.at(-1 - tail)
  while (tail < Math.min(lines.length, others.length) - head && isSame()) tail++
  const middle = lines.slice(head, lines.length - tail)
  const otherMiddle = others.slice(head, others.length - tail)
  if (middle.length * otherMiddle.length > pairsMax) return undefined
  const inside = longestCommon(middle, otherMiddle)
  const shift = others.length - lines.length
  return lines.map((_, index) => {
    if (index < head) return index
    if (index >= lines.length - tail) return index + shift
    const found = inside[index - head]
    return found === undefined ? undefined : found + head
  })
}

/** The longest common subsequence, by the table that says how long it is from each pair on. */
function longestCommon(lines: readonly string[], others: readonly string[]): Matches {
  const width = others.length + 1
  const lengths = new Uint32Array((lines.length + 1) * width)
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0
  for (let row = lines.length - 1; row >= 0; row--) {
    for (let column = others.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        lines[row] === others[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const matches: (number | undefined)[] = lines.map(() => undefined)
  for (let row = 0, column = 0; row < lines.length && column < others.length; ) {
    if (lines[row] === others[column]) matches[row++] = column++
    else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return matches
}
