const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long ago something was, in words: `3 minutes ago`. Both in epoch milliseconds. */
export function agoText(at: number, now: number): string {
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  for (const [unit, ms] of units) {
    const count = Math.floor((now - at) / ms)
    if (count >= 1) return format.format(-count, unit)
  }
  return 'just now'
}
