import type { Item } from './arrange.ts'

/** How much there is in a group, how much of it is broken, and what is not shown: `18 addresses, 2 broken`. */
export function groupText({
  count,
  brokenCount,
}: Pick<Extract<Item, { kind: 'group' }>, 'count' | 'brokenCount'>): string {
  const addresses = `${count} addresses`
  if (brokenCount === 0) return addresses
  return `${addresses}, ${brokenCount === count ? 'all' : brokenCount} broken`
}

/** Whose address it is, where no heading has said so. */
export function noteOf({ node, isInGroup }: Extract<Item, { kind: 'node' }>): string {
  return isInGroup && node.column === 'host' ? '' : node.note
}

/** The title above the picture. */
export function attentionText(brokenCount: number): string {
  if (brokenCount === 0) return 'Nothing is broken'
  return brokenCount === 1 ? 'One of them needs attention' : `${brokenCount} of them need attention`
}
