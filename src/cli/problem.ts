import type { LineCounter } from 'yaml'
import { exitCodes, Failure } from './failure.ts'
import { clean, type Paint, truncate, widthOf } from './text.ts'

/** A place in a file, lines and columns from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The line as it stands there. */
  readonly text: string
  /** Columns that are meant, 1 at least. */
  readonly length: number
}

/** What is wrong with a configuration, and where. */
export interface Problem {
  readonly code: string
  readonly message: string
  /** In the document as the edge knows it, such as `applications/0/displayName`. */
  readonly path?: string | undefined
  readonly place?: Place | undefined
  /** What may have been meant. */
  readonly nearest?: readonly string[] | undefined
}

interface Text {
  readonly name: string
  readonly text: string
  readonly lines: LineCounter
}

/** A problem with the characters from one offset to another. */
export function problemAt(
  file: Text,
  [from, to]: readonly [number, number],
  problem: Omit<Problem, 'place'>,
): Problem {
  const { line, col } = file.lines.linePos(Math.min(from, file.text.length))
  const start = file.lines.lineStarts[Math.max(0, line - 1)] ?? 0
  const text = file.text.slice(start).split(/\r?\n/, 1)[0] ?? ''
  const length = Math.max(1, Math.min(to - from, text.length - col + 1))
  return {
    ...problem,
    place: { file: file.name, line: Math.max(1, line), column: Math.max(1, col), text, length },
  }
}

// Longer lines would wrap and part the caret from what it points at.
const lineMax = 160

/** The problem as compilers show one: where, what, the line, a caret below, and what may have been meant. */
export function writeProblem(problem: Problem, paint: Paint): readonly string[] {
  const { code, message, path = '', place, nearest = [] } = problem
  const where = place ? `${place.file}:${place.line}:${place.column}` : path
  const hint = nearest.length > 0 ? [`  Did you mean ${nearest.map(clean).join(' or ')}?`] : []
  const title = `${paint('bad', '✗')} ${paint('bold', clean(where))}   ${clean(code)}   ${clean(message)}`
  return [title, ...(place ? writePlace(place, paint) : []), ...hint]
}

function writePlace({ line, column, text, length }: Place, paint: Paint): readonly string[] {
  const gutter = `  ${line} │ `
  const before = widthOf(plain(text.slice(0, column - 1)))
  const marked = widthOf(plain(text.slice(column - 1, column - 1 + length)))
  if (before >= lineMax) return []
  const room = Math.max(1, Math.min(marked, lineMax - before))
  const caret = `${' '.repeat(gutter.length - 2)}│ ${' '.repeat(before)}${paint('bad', '^'.repeat(room))}`
  return [`${paint('dim', gutter)}${truncate(plain(text), lineMax)}`, caret]
}

/** Without what moves a cursor, with the blanks it has: columns must stay columns. */
function plain(text: string): string {
  // clean() makes one blank of many, so each word is cleaned by itself.
  return text.replace(/\s/g, ' ').replace(/\S+/g, (word) => clean(word))
}

/** What ends the command when there are problems; they themselves were told before. */
export function problemsFailure(problems: readonly Problem[]): Failure {
  const files = new Set(problems.flatMap(({ place }) => place?.file ?? []))
  const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`
  const where = files.size > 1 ? ` in ${files.size} files` : ''
  const message = `${count}${where}. Nothing was changed.`
  const details = problems.map(({ code, message, path, place, nearest = [] }) => ({
    ...{ code, message, target: path },
    ...(place && { file: place.file, line: place.line, column: place.column }),
    ...(nearest.length > 0 && { nearest }),
  }))
  const code = 'invalid-configuration'
  const error = { code, message, details }
  return new Failure({ code, exitCode: exitCodes.failed, message, error })
}
