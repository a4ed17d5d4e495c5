/** One line of the palette. */
export interface Hit {
  readonly label: string
  readonly detail: string
  readonly kind: 'Page' | 'Action' | 'Application' | 'Person' | 'Group'
  readonly path: string
  /** Other words by which it is found. */
  readonly words: string
}

/** Those that have every word of the text, whose label begins with it first. */
export function rankHits(hits: readonly Hit[], text: string): readonly Hit[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const scored = hits.map((hit) => ({ hit, score: scoreOf(hit, words) }))
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ hit }) => hit)
}

function scoreOf({ label, detail, words }: Hit, wanted: readonly string[]): number {
  const name = label.toLowerCase()
  const rest = `${detail} ${words}`.toLowerCase()
  const scores = wanted.map((word) => {
    if (name.startsWith(word)) return 4
    if (name.includes(` ${word}`)) return 3
    if (name.includes(word)) return 2
    return rest.includes(word) ? 1 : 0
  })
  return scores.includes(0) ? 0 : scores.reduce((sum: number, score) => sum + score, 1)
}
