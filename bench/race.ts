/** The middle one; of an even number the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}

/**
 * Gives each contestant its turn, `rounds` times. Every other round goes backwards, so that nobody always runs on the
 * machine that the same other one left.
 */
export async function takeTurns<Name extends string, Round>(
  contestants: Readonly<Record<Name, () => Promise<Round>>>,
  rounds: number,
): Promise<Readonly<Record<Name, readonly Round[]>>> {
  const order = Object.keys(contestants) as Name[]
  const entries = order.map((name): [Name, Round[]] => [name, []])
  const taken = Object.fromEntries(entries) as Record<Name, Round[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      taken[name].push(await contestants[name]())
    }
  }
  return taken
}

/** The median of the rounds' own ratios: what slows the machine down for a while slows both sides of a round. */
export function ratioOf<Round>(
  above: readonly Round[],
  below: readonly Round[],
  of: (round: Round) => number,
): number {
  return median(above.map((round, i) => of(round) / of(below[i] as Round)))
}
