const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `3 hours ago`, `in 2 days`, `just now`; both in epoch milliseconds. */
export function describeAge(at: number, now: number): string {
  const apart = at - now
  const found = units.find(([, ms]) => Math.abs(apart) >= ms)
  if (!found) return 'just now'
  const [unit, ms] = found
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' })
  return words.format(Math.trunc(apart / ms), unit)
}
