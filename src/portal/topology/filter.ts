import { isBroken } from './arrange.ts'
import type { TopologySearch } from './search.ts'
import type { TopologyNode, TopologyWay } from './topology.ts'

/** Whether the filters leave a way, by what lies on it. */
export function matching({ application, q, state }: TopologySearch) {
  const wanted = q?.trim().toLowerCase() ?? ''
  return (way: TopologyWay, on: readonly TopologyNode[]): boolean => {
    if (application !== undefined && way.applicationId !== application) return false
    if (state === 'broken' && !on.some(isBroken)) return false
    return wanted === '' || on.some((node) => textOf(node).includes(wanted))
  }
}

function textOf({ label, note, group, problems }: TopologyNode): string {
  return [label, note, group?.label, ...problems].join('\n').toLowerCase()
}
