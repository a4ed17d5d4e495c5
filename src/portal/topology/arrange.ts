import type { Topology, TopologyGroup, TopologyNode } from './topology.ts'

/** Of a group: only itself, itself with the first of what is broken in it, or everything. */
export type Opening = 'closed' | 'broken' | 'open'

/** What stands in the picture and in the list: a node, or a group with what is known of its members. */
export type Item =
  | { readonly kind: 'node'; readonly node: TopologyNode; readonly isInGroup: boolean }
  | {
      readonly kind: 'group'
      readonly group: TopologyGroup
      readonly opening: Opening
      readonly count: number
      readonly brokenCount: number
      /** How many of its members have no line of their own. */
      readonly hiddenCount: number
    }

/** One line of the picture. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly isBroken: boolean
}

export interface Arranged {
  /** In the order of the picture, each group before its members. */
  readonly items: readonly Item[]
  readonly edges: readonly Edge[]
}

/** What a screen has room for: with no more than these, everything is open from the beginning. */
const smallMax = 24
/** Of a group with more broken members the first ones say enough. */
const brokenMax = 4

/** Which groups show their members; `chosen` are those that somebody opened or closed. */
export function arrange(topology: Topology, chosen: ReadonlyMap<string, Opening>): Arranged {
  const small = topology.nodes.length <= smallMax
  const standIns = new Map<string, string>()
  const items: Item[] = []
  for (const [group, members] of Map.groupBy(topology.nodes, ({ group }) => group?.id)) {
    const [first] = members
    if (group === undefined || members.length === 1 || !first?.group) {
      items.push(...members.map((node) => ({ kind: 'node', node, isInGroup: false }) as const))
      continue
    }
    const broken = members.filter(isBroken)
    const opening = chosen.get(group) ?? (small ? 'open' : broken.length > 0 ? 'broken' : 'closed')
    const shown = shownOf(members, broken, opening)
    for (const { id } of members) if (!shown.some((each) => each.id === id)) standIns.set(id, group)
    items.push({
      ...{ kind: 'group', group: first.group, opening, count: members.length },
      ...{ brokenCount: broken.length, hiddenCount: members.length - shown.length },
    })
    items.push(...shown.map((node) => ({ kind: 'node', node, isInGroup: true }) as const))
  }
  return { items, edges: edgesOf(topology, standIns) }
}

/** Whether something is wrong with it. */
export function isBroken({ problems }: TopologyNode): boolean {
  return problems.length > 0
}

/** What the next press of its button makes of a group: all of it, and then nothing. */
export function nextOpening(opening: Opening): Opening {
  return opening === 'open' ? 'closed' : 'open'
}

function shownOf(
  members: readonly TopologyNode[],
  broken: readonly TopologyNode[],
  opening: Opening,
): readonly TopologyNode[] {
  if (opening === 'open') return members
  return opening === 'broken' ? broken.slice(0, brokenMax) : []
}

/** Each way as lines between what is shown; lines that fall together are one, broken when one of them is. */
function edgesOf({ ways }: Topology, standIns: ReadonlyMap<string, string>): readonly Edge[] {
  const edges = new Map<string, Edge>()
  const join = (start: string, end: string, isBroken: boolean): void => {
    const [from, to] = [standIns.get(start) ?? start, standIns.get(end) ?? end]
    const id = `${from} ${to}`
    edges.set(id, { from, to, isBroken: isBroken || edges.get(id)?.isBroken === true })
  }
  for (const { host, internal, through, isUnserved } of ways) {
    join('people', host, false)
    if (through.length === 0) join(host, internal, isUnserved)
    for (const { connector, isDown, isReached } of through) {
      join(host, connector, isDown)
      join(connector, internal, isDown || isReached === false)
    }
  }
  return [...edges.values()]
}
