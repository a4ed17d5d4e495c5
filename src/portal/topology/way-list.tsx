import { PathLink } from '../parts/path-link.tsx'
import { type Arranged, type Edge, type Item, nextOpening, type Opening } from './arrange.ts'
import { columnOf, idOf } from './layout.ts'
import { groupText, noteOf } from './words.ts'

const columns = [
  ['host', 'At the edge'],
  ['connector', 'Connectors'],
  ['internal', 'Inside'],
] as const

interface WayListProps {
  readonly arranged: Arranged
  readonly onOpen: (group: string, opening: Opening) => void
}

/** The facts of the picture in words, its groups opened and closed with it. */
export function WayList({ arranged: { items, edges }, onOpen }: WayListProps) {
  const labels = new Map(items.map((item) => [idOf(item), labelOf(item)]))
  const waysFrom = Map.groupBy(edges, ({ from }) => from)
  const waysText = (item: Item): string => {
    const ways = waysFrom.get(idOf(item)) ?? []
    return ways.length === 0 ? '' : `leads to ${ways.map((way) => endText(way, labels)).join(', ')}`
  }
  return columns.map(([column, title]) => (
    <div key={column}>
      <h3 className="topology-column">{title}</h3>
      <ul className="topology-list">
        {items
          .filter((item) => columnOf(item) === column)
          .map((item) => (
            <li key={idOf(item)} className={isMember(item) ? 'topology-member' : undefined}>
              {item.kind === 'node' ? (
                <NodeLine item={item} ways={waysText(item)} />
              ) : (
                <GroupLine item={item} ways={waysText(item)} onOpen={onOpen} />
              )}
            </li>
          ))}
      </ul>
    </div>
  ))
}

function isMember(item: Item): boolean {
  return item.kind === 'node' && item.isInGroup
}

function labelOf(item: Item): string {
  return item.kind === 'node' ? item.node.label : item.group.label
}

function endText({ to, isBroken }: Edge, labels: ReadonlyMap<string, string>): string {
  return `${labels.get(to)}${isBroken ? ' (broken)' : ''}`
}

interface LineProps<Kind extends Item['kind']> {
  readonly item: Extract<Item, { kind: Kind }>
  readonly ways: string
}

function NodeLine({ item, ways }: LineProps<'node'>) {
  const { node } = item
  return (
    <>
      <PathLink path={node.path}>{node.label}</PathLink>{' '}
      <span className="soft">{[noteOf(item), ways].filter(Boolean).join(', ')}</span>
      {node.problems.map((problem) => (
        <strong key={problem} className="topology-sentence">
          {problem}
        </strong>
      ))}
    </>
  )
}

function GroupLine({ item, ways, onOpen }: LineProps<'group'> & Pick<WayListProps, 'onOpen'>) {
  const { group, opening, brokenCount } = item
  return (
    <>
      <button
        type="button"
        className="topology-toggle"
        aria-expanded={opening === 'open'}
        onClick={() => onOpen(group.id, nextOpening(opening))}
      >
        <span aria-hidden>{opening === 'open' ? '▾' : '▸'}</span> {group.label}
      </button>{' '}
      {brokenCount > 0 ? (
        <strong className="topology-bad-count">{groupText(item)}</strong>
      ) : (
        <span className="soft">{groupText(item)}</span>
      )}
      <span className="soft">{ways && `, ${ways}`}</span>
    </>
  )
}
