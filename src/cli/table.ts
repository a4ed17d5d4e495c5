import { clean, type Paint, type Style, truncate, widthOf } from './text.ts'

/** One column of a table: its heading, and what stands there for an item. */
export interface Column<Item> {
  readonly title: string
  readonly value: (item: Item) => string
  readonly style?: (item: Item) => Style | undefined
  /** Never made narrower, such as an id that is to be copied. */
  readonly whole?: boolean
}

const gap = '  '
// Below this a truncated word says nothing.
const leastWidth = 8

/**
 * A table as lines, aligned, the widest columns made narrower until it fits into `columns`; undefined leaves it as wide as it
 * is. Columns in which nothing stands are left out; values are cleaned of whatever would move a terminal.
 */
export function writeTable<Item>(
  items: readonly Item[],
  all: readonly Column<Item>[],
  width: number | undefined,
  paint: Paint,
): string[] {
  const columns = all.filter((column) => items.some((item) => column.value(item) !== ''))
  const cells = items.map((item) => columns.map((column) => clean(column.value(item))))
  const natural = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...cells.map((row) => widthOf(row[index] ?? ''))),
  )
  const widths = fit(natural, columns, width)
  const line = (texts: readonly string[], style: (index: number) => Style | undefined): string =>
    texts
      .map((text, index) => {
        const room = widths[index] ?? 0
        const short = truncate(text, room)
        const padding = ' '.repeat(Math.max(0, room - widthOf(short)))
        return paint(style(index), short) + (index === texts.length - 1 ? '' : padding)
      })
      .join(gap)
      .trimEnd()
  const heading = line(
    columns.map(({ title }) => title),
    () => 'bold',
  )
  const rows = cells.map((row, at) =>
    line(row, (index) => columns[index]?.style?.(items[at] as Item)),
  )
  return [heading, ...rows]
}

/** Takes from the widest column, one by one, so that no column pays for all. */
function fit<Item>(
  natural: readonly number[],
  columns: readonly Column<Item>[],
  width: number | undefined,
): readonly number[] {
  const widths = [...natural]
  const gaps = gap.length * (widths.length - 1)
  let excess = widths.reduce((sum, each) => sum + each, gaps) - (width ?? Number.POSITIVE_INFINITY)
  for (; excess > 0; excess--) {
    const room = widths.map((each, index) => (columns[index]?.whole === true ? 0 : each))
    const most = Math.max(...room)
    if (most <= leastWidth) break
    widths[room.indexOf(most)] = most - 1
  }
  return widths
}
