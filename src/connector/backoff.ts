/** The first retry comes within this. */
export const backoffBaseMs = 1_000

/** And none later than this: an edge that comes back has all its connectors within a minute. */
export const backoffCapMs = 60_000

// 2^6 s is beyond the cap already.
const doublingsMax = 6

/**
 * How long to wait before the next attempt after `failures` in a row: anything up to the exponential bound ("full
 * jitter"), so that connectors which lost an edge together do not come back together. `random` is in [0, 1). [K4]
 */
export function backoffMs(failures: number, random: number): number {
  const bound = Math.min(backoffCapMs, backoffBaseMs * 2 ** Math.min(failures, doublingsMax))
  return random * bound
}

/** After a refusal that only an administrator can lift: near the cap, but still for ever. */
export function refusedBackoffMs(random: number): number {
  return (backoffCapMs * (1 + random)) / 2
}
