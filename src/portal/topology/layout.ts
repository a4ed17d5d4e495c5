import type { ColumnName, Topology, TopologyNode } from './topology.ts'

/** Where a box stands, in units of the picture. */
export interface Box {
  readonly node: TopologyNode
  readonly x: number
  readonly y: number
}

export interface Heading {
  readonly text: string
  readonly x: number
  readonly y: number
}

export interface Layout {
  readonly boxes: readonly Box[]
  readonly headings: readonly Heading[]
  readonly height: number
}

export const boxHeight = 40
/** Of the whole: what a desk has beside the navigation. */
export const pictureWidth = 930
const rowHeight = 52
const headingHeight = 28
/** Where each column begins, and how wide its boxes are. */
export const columns: Readonly<Record<ColumnName, { readonly x: number; readonly width: number }>> =
  {
    people: { x: 2, width: 80 },
    host: { x: 134, width: 240 },
    connector: { x: 440, width: 170 },
    internal: { x: 676, width: 252 },
  }

/** People and connectors in the middle of their columns, hosts and internal applications below the name of theirs. */
export function layOut({ nodes }: Topology): Layout {
  const hosts = stack(nodes, 'host')
  const internals = stack(nodes, 'internal')
  const connectors = nodes.filter(({ column }) => column === 'connector')
  const tallest = Math.max(hosts.height, internals.height, connectors.length * rowHeight, rowHeight)
  const boxes = [
    ...hosts.boxes,
    ...internals.boxes,
    ...spread(connectors, tallest),
    ...spread(
      nodes.filter(({ column }) => column === 'people'),
      tallest,
    ),
  ]
  return { boxes, headings: [...hosts.headings, ...internals.headings], height: tallest }
}

/** One below the other, with a heading before each application. */
function stack(nodes: readonly TopologyNode[], column: ColumnName): Layout {
  const boxes: Box[] = []
  const headings: Heading[] = []
  const { x } = columns[column]
  const groups = Map.groupBy(
    nodes.filter((node) => node.column === column),
    ({ group }) => group,
  )
  let y = 0
  for (const [text, members] of groups) {
    headings.push({ text, x, y: y + headingHeight - 8 })
    y += headingHeight
    for (const node of members) {
      boxes.push({ node, x, y })
      y += rowHeight
    }
  }
  return { boxes, headings, height: y }
}

// A few connectors in a tall picture stand where the lines meet, and in view when it is opened.
const firstScreen = 640

function spread(nodes: readonly TopologyNode[], height: number): readonly Box[] {
  const room = Math.max(Math.min(height, firstScreen), nodes.length * rowHeight)
  const step = room / Math.max(nodes.length, 1)
  return nodes.map((node, index) => {
    return { node, x: columns[node.column].x, y: step * (index + 0.5) - boxHeight / 2 }
  })
}
