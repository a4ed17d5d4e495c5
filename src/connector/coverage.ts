import type { EdgePlace } from '../tunnel/handshake.ts'

/** The system spreads connections over an edge's workers at random, so a missing worker is dialled for again soon. */
const quickRetryMs = 50

/** So often per worker: one of eight is missed by all 64 attempts in 2 of 10,000 cases, which then wait longer. */
const quickRetriesPerWorker = 8

/**
 * Whether a link that came up at `place` is to be kept, given the places of the other links to that address and how
 * many more links are still to come. It is unless its worker has one and every link to come is needed for a worker
 * that has none. [N2]
 */
export function isPlaceWanted(
  place: EdgePlace,
  others: readonly EdgePlace[],
  linksToCome: number,
): boolean {
  const covered = new Set<number>()
  for (const other of others) if (other.edgeId === place.edgeId) covered.add(other.worker)
  return !covered.has(place.worker) || linksToCome >= place.workers - covered.size
}

/** How many links an address needs: as many as were asked for, and one for each worker behind it. */
export function linksNeeded(asked: number, places: readonly EdgePlace[]): number {
  return places.reduce((most, { workers }) => Math.max(most, workers), asked)
}

/**
 * How long to wait before dialling again when `misses` links in a row ended at workers that had one already. Undefined
 * when this has gone on for so long that it is a failure like any other. `random` is in [0, 1).
 */
export function missedWorkerWaitMs(
  misses: number,
  workers: number,
  random: number,
): number | undefined {
  return misses <= workers * quickRetriesPerWorker ? random * quickRetryMs : undefined
}
