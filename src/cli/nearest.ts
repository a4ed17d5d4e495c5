// More would be guessing, and a person reads no more than this.
const nearestMax = 3

/** Which of the names somebody may have meant, nearest first. */
export function nearest(word: string, names: readonly string[]): readonly string[] {
  const wanted = word.toLowerCase()
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceTo(wanted, name.toLowerCase()) }))
    .filter(
      ({ name, distance }) => distance <= Math.max(2, Math.min(wanted.length, name.length) / 3),
    )
    .sort((one, other) => one.distance - other.distance)
    .slice(0, nearestMax)
    .map(({ name }) => name)
}

/** Letters to change, add or leave out (Levenshtein); a part of a longer name costs one. */
function distanceTo(wanted: string, name: string): number {
  if (wanted.length > 1 && name.includes(wanted)) return 1
  let row = Array.from({ length: name.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...wanted].entries()) {
    const next = [at + 1]
    for (let index = 1; index <= name.length; index++) {
      const same = name[index - 1] === letter ? 0 : 1
      next.push(
        Math.min((row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1, (row[index - 1] ?? 0) + same),
      )
    }
    row = next
  }
  return row.at(-1) ?? 0
}
