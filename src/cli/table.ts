import { clean, type Paint, type Style, truncate, widthOf } from './text.ts'

/** One column of a table: its heading, and what stands there for an item. */
export interface Column<Item> {
  readonly title: string
  readonly value: (item: Item) => string
  readonly style?: (item: Item) => Style | undefined
  /** Never made narrower, such as an id that is to be copied. */
  readonly whole?: boolean
  /** Left out where the table is too wide: what it stands for is known by its name as well. */
  readonly spare?: boolean
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
  const said = all.filter((column) => items.some((item) => column.value(item) !== ''))
  const isWide = sumOf(naturalWidths(items, said)) > (width ?? Number.POSITIVE_INFINITY)
  const columns = isWide ? said.filter(({ spare }) => spare !== true) : said
  const cells = items.map((item) => columns.map((column) => clean(column.value(item))))
  const natural = naturalWidths(items, columns)
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

function naturalWidths<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
): readonly number[] {
  // One at a time: a list may have more items than a call can have arguments.
  return columns.map(({ title, value }) =>
    items.reduce((most, item) => Math.max(most, widthOf(clean(value(item)))), widthOf(title)),
  )
}

/** With the gaps between them. */
function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, gap.length * (widths.length - 1))
}

/** Takes from the widest column, one by one, so that no column pays for all. */
function fit<Item>(
  natural: readonly number[],
  columns: readonly Column<Item>[],
  width: number | undefined,
): readonly number[] {
  const widths = [...natural]
  let excess = sumOf(widths) - (width ?? Number.POSITIVE_INFINITY)
  for (; excess > 0; excess--) {
    const room = widths.map((each, index) => (columns[index]?.whole === true ? 0 : each))
    const most = Math.max(...room)
    if (most <= leastWidth) break
    widths[room.indexOf(most)] = most - 1
  }
  return widths
}
