/** `npm run soak`: the same faults, many more of them, for as long as it takes. */
export const isSoak: boolean = process.env['SALLYPORT_SOAK'] === '1'

const processes = { one: [], several: ['--workers', '2'], four: ['--workers', '4'] } as const

/** Each kind of edge that a fault is tried with, in the small size the one that says most, with its options. */
export function edgesOf(
  ...counts: readonly (keyof typeof processes)[]
): readonly (readonly [string, readonly string[]])[] {
  const tried = isSoak ? counts : counts.slice(0, 1)
  return tried.map((count) => [count === 'one' ? 'one process' : count, processes[count]])
}
