import { memo, useMemo, useState } from 'react'
import type { Arranged, Edge, Opening } from './arrange.ts'
import { GroupBox, NodeBox } from './boxes.tsx'
import { type Box, boxHeight, columns, layOut, pictureWidth } from './layout.ts'

const titles = [
  ['people', 'People'],
  ['host', 'At the edge'],
  ['connector', 'Connectors'],
  ['internal', 'Inside'],
] as const

const titleHeight = 40

interface PictureProps {
  readonly arranged: Arranged
  /** 1: as wide as there is room. */
  readonly scale: number
  readonly onOpen: (group: string, opening: Opening) => void
}

/** Four columns and the ways between them; what is broken is red, dashed and marked. The list beside it says the same. */
export const Picture = memo(({ arranged, scale, onOpen }: PictureProps) => {
  const { boxes, height } = useMemo(() => layOut(arranged.items), [arranged])
  // Whose lines stand out: of what somebody points at, or has come to by keyboard.
  const [active, setActive] = useState<string | undefined>(undefined)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture holds no fieldset.
    <svg
      className="topology"
      style={{ '--scale': scale } as React.CSSProperties}
      viewBox={`0 0 ${pictureWidth} ${height + titleHeight}`}
      role="group"
      aria-label="The ways from people to internal applications; the list below says the same"
    >
      {titles.map(([column, text]) => (
        <text key={text} className="topology-title" x={columns[column].x} y={20}>
          {text}
        </text>
      ))}
      <g transform={`translate(0 ${titleHeight})`}>
        <Lines boxes={boxes} edges={arranged.edges} active={active} />
        {boxes.map((box) =>
          box.item.kind === 'node' ? (
            <NodeBox key={box.id} box={box} item={box.item} onActive={setActive} />
          ) : (
            <GroupBox key={box.id} box={box} item={box.item} onActive={setActive} onOpen={onOpen} />
          ),
        )}
      </g>
    </svg>
  )
})

interface LinesProps {
  readonly boxes: readonly Box[]
  readonly edges: readonly Edge[]
  readonly active: string | undefined
}

function Lines({ boxes, edges, active }: LinesProps) {
  const lines = useMemo(() => {
    const places = new Map(boxes.map((box) => [box.id, box]))
    return edges.flatMap((edge) => {
      const [start, end] = [places.get(edge.from), places.get(edge.to)]
      return start && end ? [{ ...edge, path: curve(start, end) }] : []
    })
  }, [boxes, edges])
  return lines.map(({ from, to, isBroken, path }) => {
    const classes = [
      'topology-way',
      isBroken && 'topology-broken',
      active !== undefined && (from === active || to === active) && 'topology-active',
    ]
    return <path key={`${from} ${to}`} className={classes.filter(Boolean).join(' ')} d={path} />
  })
}

function curve(from: Box, to: Box): string {
  const [x1, y1] = [from.x + from.width, from.y + boxHeight / 2]
  const [x2, y2] = [to.x, to.y + boxHeight / 2]
  const middle = (x1 + x2) / 2
  return `M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
}
