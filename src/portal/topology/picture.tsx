import { useRouter } from '@tanstack/react-router'
import type { MouseEvent } from 'react'
import { type Box, boxHeight, columns, layOut, pictureWidth } from './layout.ts'
import type { Topology } from './topology.ts'

const titles = [
  ['people', 'People'],
  ['host', 'At the edge'],
  ['connector', 'Connectors'],
  ['internal', 'Inside'],
] as const
const titleHeight = 40

/** Four columns and the ways between them; what is broken is red, dashed and marked. The list beside it says the same. */
export function Picture({ topology }: { readonly topology: Topology }) {
  const { boxes, headings, height } = layOut(topology)
  const places = new Map(boxes.map((box) => [box.node.id, box]))
  return (
    <div className="topology-frame">
      {/* biome-ignore lint/a11y/useSemanticElements: a picture holds no fieldset. */}
      <svg
        className="topology"
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
          {topology.edges.map(({ from, to, isBroken }) => {
            const [start, end] = [places.get(from), places.get(to)]
            if (!start || !end) return null
            const className = isBroken ? 'topology-way topology-broken' : 'topology-way'
            return <path key={`${from} ${to}`} className={className} d={curve(start, end)} />
          })}
          {headings.map(({ text, x, y }) => (
            <text key={`${text} ${x}`} className="topology-heading" x={x} y={y}>
              {shorten(text, headingWidth)}
            </text>
          ))}
          {boxes.map((box) => (
            <NodeBox key={box.node.id} box={box} />
          ))}
        </g>
      </svg>
    </div>
  )
}

function curve(from: Box, to: Box): string {
  const [x1, y1] = [from.x + widthOf(from), from.y + boxHeight / 2]
  const [x2, y2] = [to.x, to.y + boxHeight / 2]
  const middle = (x1 + x2) / 2
  return `M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
}

function widthOf({ node }: Box): number {
  return columns[node.column].width
}

function NodeBox({ box }: { readonly box: Box }) {
  const router = useRouter()
  const { node, x, y } = box
  const isBroken = node.problems.length > 0
  const onClick = (event: MouseEvent): void => {
    // Another tab or window is the browser's own affair.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    void router.history.push(node.path)
  }
  return (
    <a
      href={node.path}
      onClick={onClick}
      className={isBroken ? 'topology-node topology-bad' : 'topology-node'}
    >
      <title>{[node.label, ...node.problems].join('\n')}</title>
      <rect x={x} y={y} width={widthOf(box)} height={boxHeight} rx={6} />
      <text x={x + 12} y={y + (isBroken ? 17 : 25)}>
        {shorten(node.label, widthOf(box))}
      </text>
      {isBroken && (
        <text className="topology-problem" x={x + 12} y={y + 33}>
          ✕ {shorten(node.problems[0] ?? '', widthOf(box))}
        </text>
      )}
    </a>
  )
}

const headingWidth = 250
// Of the widest letters that names are made of, with what a box keeps free on both sides.
const letterWidth = 7.2
const padding = 20

/** What fits into a box; the whole of it is in its title and in the list. */
function shorten(text: string, width: number): string {
  const lettersMax = Math.floor((width - padding) / letterWidth)
  return text.length > lettersMax ? `${text.slice(0, lettersMax - 1)}…` : text
}
