import type { Change } from './change.ts'
import { copyConfiguration, type Deed, perform, readDeed } from './deed.ts'
import { rememberEnded } from './ended-sessions.ts'
import type { Rows, Storage } from './storage.ts'
import { currentVersion, type Store } from './store.ts'

/** What is done with the store that it is given; `revision` is the number that it gets if anything changes. */
export type Work<Value> = (inside: Store, change: Change, revision: number) => Promise<Value>

/** Somebody else changed the directory meanwhile; `work` may throw it, too. */
export class Overtaken extends Error {}

// Large changes take seconds, and people arrive at every moment.
const attemptsMax = 3

/**
 * Many changes as one revision, or none of them when `work` throws. They are made on a copy of the configuration, while
 * everybody else reads and writes; what came of them is written in one short transaction if the directory is still what was
 * copied, else all is done again. After the last attempt the others wait.
 */
export async function rehearse<Value>(
  store: Store,
  change: Change,
  work: Work<Value>,
): Promise<Value> {
  if (store.revision !== undefined) return work(store, change, store.revision)
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    try {
      const { value, deed } = await tryOnCopy(store, change, work, (read) => store.read(read))
      if (!deed) return value
      tell(
        store,
        change,
        deed,
        await store.storage.write((rows) => write(store, rows, change, deed)),
      )
      return value
    } catch (thrown) {
      if (!(thrown instanceof Overtaken)) throw thrown
    }
  }
  return insist(store, change, work)
}

async function insist<Value>(store: Store, change: Change, work: Work<Value>): Promise<Value> {
  const { value, deed, ended } = await store.storage.write(async (rows) => {
    const rehearsed = await tryOnCopy(store, change, work, (read) => read(rows))
    const { deed } = rehearsed
    return { ...rehearsed, ended: deed ? await write(store, rows, change, deed) : [] }
  })
  if (deed) tell(store, change, deed, ended)
  return value
}

function tell(store: Store, { made }: Change, { from }: Deed, ended: readonly string[]): void {
  store.tell(ended)
  made?.(from + 1)
}

async function tryOnCopy<Value>(
  store: Store,
  { author, reason }: Change,
  work: Work<Value>,
  history: Storage['read'],
): Promise<{ readonly value: Value; readonly deed: Deed | undefined }> {
  await using copy = await store.storage.scratch()
  return copy.write(async (rows) => {
    const version = await copyConfiguration(history, copy, rows)
    const inside = store.inside(rows, { revision: version + 1, history })
    const value = await work(inside, { author, reason }, version + 1)
    return { value, deed: await readDeed(rows, version) }
  })
}

async function write(
  store: Store,
  rows: Rows,
  change: Change,
  deed: Deed,
): Promise<readonly string[]> {
  if ((await currentVersion(rows)) !== deed.from) throw new Overtaken()
  await store.ask(rows, change)
  const now = store.clock()
  const ended = await perform(rows, deed, now)
  await rememberEnded(rows, ended, now)
  return ended
}
