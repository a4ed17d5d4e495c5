import type { Directory } from './directory.ts'
import type { Store } from './store.ts'

/** What operators watch; behind everything that waits, so that the time it takes is the time that others wait. */
export function vitalsOf(store: Store): Directory['vitals'] {
  return () =>
    store.read(async (rows) => {
      const { count } = await rows
        .selectFrom('session')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('expires_at', '>', store.clock())
        .executeTakeFirstOrThrow()
      return { sessions: Number(count) }
    })
}
