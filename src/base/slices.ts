import { setImmediate } from 'node:timers/promises'

// Whoever waits for an answer meanwhile does not notice it; resting more often takes longer than it helps.
const sliceMaxMs = 20

/** Does `work` for each, and lets everything else on this thread go on in between, as often as `sliceMs` are over. */
export async function doInSlices<Item>(
  items: Iterable<Item>,
  work: (item: Item) => void,
  sliceMs = sliceMaxMs,
): Promise<void> {
  let began = performance.now()
  for (const item of items) {
    work(item)
    if (performance.now() - began < sliceMs) continue
    await setImmediate()
    began = performance.now()
  }
}
