import type { TrailStep } from './trail-step.ts'

/** Where a step stands in the time of the whole, both as shares of 1. */
export interface Span {
  readonly from: number
  readonly share: number
  readonly tookMs: number
}

/** One after the other, since the edge takes them one after the other; undefined where nothing was measured. */
export function spansOf(
  steps: readonly TrailStep[],
  totalMs: number | undefined,
): readonly (Span | undefined)[] {
  const measured = steps.reduce((sum, { tookMs = 0 }) => sum + tookMs, 0)
  const whole = Math.max(totalMs ?? 0, measured)
  let before = 0
  return steps.map(({ tookMs }) => {
    if (tookMs === undefined || whole === 0) return undefined
    const from = before / whole
    before += tookMs
    return { from, share: tookMs / whole, tookMs }
  })
}
