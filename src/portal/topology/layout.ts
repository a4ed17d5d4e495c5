import type { Item } from './arrange.ts'
import type { ColumnName } from './topology.ts'

/** Where a node or a group stands, in units of the picture. */
export interface Box {
  readonly id: string
  readonly item: Item
  readonly x: number
  readonly y: number
  readonly width: number
}

export interface Layout {
  readonly boxes: readonly Box[]
  readonly height: number
}

export const boxHeight = 40
/** Of the whole: what a desk has beside the navigation. */
export const pictureWidth = 980
const rowHeight = 48
/** Between one group and the next. */
const groupGap = 8
/** How much further right the members of a group begin. */
const indent = 18

/** Where each column begins, and how wide its boxes are. */
export const columns: Readonly<Record<ColumnName, { readonly x: number; readonly width: number }>> =
  {
    people: { x: 2, width: 80 },
    host: { x: 134, width: 262 },
    connector: { x: 466, width: 170 },
    internal: { x: 706, width: 272 },
  }

/** The id by which lines know an item. */
export function idOf(item: Item): string {
  return item.kind === 'node' ? item.node.id : item.group.id
}

/** The column that an item stands in. */
export function columnOf(item: Item): ColumnName {
  return item.kind === 'node' ? item.node.column : item.group.column
}

/** People and connectors in the middle of their columns, hosts and internal applications below the name of theirs. */
export function layOut(items: readonly Item[]): Layout {
  const inColumn = (column: ColumnName) => items.filter((item) => columnOf(item) === column)
  const hosts = stack(inColumn('host'))
  const internals = stack(inColumn('internal'))
  const connectors = inColumn('connector')
  const height = Math.max(hosts.height, internals.height, connectors.length * rowHeight, rowHeight)
  const people = inColumn('people')
  const boxes = [
    ...[...hosts.boxes, ...internals.boxes],
    ...[...spread(connectors, height), ...spread(people, height)],
  ]
  return { boxes, height }
}

function boxAt(item: Item, y: number): Box {
  const { x, width } = columns[columnOf(item)]
  const shift = item.kind === 'node' && item.isInGroup ? indent : 0
  return { id: idOf(item), item, x: x + shift, y, width: width - shift }
}

/** One below the other. */
function stack(items: readonly Item[]): Layout {
  const boxes: Box[] = []
  let y = 0
  for (const item of items) {
    const beginsGroup = item.kind === 'group' || !item.isInGroup
    if (beginsGroup && y > 0) y += groupGap
    boxes.push(boxAt(item, y))
    y += rowHeight
  }
  return { boxes, height: y }
}

// A few connectors in a tall picture stand where the lines meet, and in view when it is opened.
const firstScreen = 640

function spread(items: readonly Item[], height: number): readonly Box[] {
  const room = Math.max(Math.min(height, firstScreen), items.length * rowHeight)
  const step = room / Math.max(items.length, 1)
  return items.map((item, index) => boxAt(item, step * (index + 0.5) - boxHeight / 2))
}
