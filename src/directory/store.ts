import { AsyncLocalStorage } from 'node:async_hooks'
import { sql } from 'kysely'
import type { Clock } from '../base/clock.ts'
import { Fault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import { type Action, changesAccess, policyAction } from './actions.ts'
import type { Change } from './change.ts'
import type { ChangeFeed, Heard } from './change-feed.ts'
import type { AuditEntry } from './directory.ts'
import { encodeDocument } from './document.ts'
import { readEnded, rememberEnded } from './ended-sessions.ts'
import { insertRows } from './many-rows.ts'
import type { Rows, Storage } from './storage.ts'

/** What changed, for the audit trail. */
export type Entry = Pick<AuditEntry, 'targetId' | 'before' | 'after'>

/** One that says by itself what was done. */
export interface NamedEntry extends Entry {
  readonly action: Action
}

/** What an audited write did. Without `record` nothing was changed, and nothing may have been written. */
export interface Outcome<Value> {
  readonly value: Value
  readonly record?: Entry
  /** A certificate that came with it; an audit entry and a version of its own. */
  readonly certificate?: Entry
  /** What else was changed; each an audit entry and a version of its own. */
  readonly others?: readonly NamedEntry[]
  /** The revision that it takes back. */
  readonly rollbackOf?: number
  /** Ids of the sessions that ended with it. */
  readonly ended?: readonly string[]
}

interface AuditedChange extends Omit<AuditEntry, 'at'> {
  readonly action: Action
  readonly revision: number
  readonly rollbackOf: number | undefined
}

/** What changes that are made together have in common. */
interface Together {
  /** The revision that they are. */
  readonly revision: number
  /** Where the past is read: what they are made on has none. */
  readonly history: Storage['read']
}

/** A revocation is to be known everywhere within 5 s. [S9] */
const catchUpRetryMs = 1_000

/** Storage, time, the two kinds of listeners and the other processes: what every part of the directory stands on. */
export class Store {
  readonly storage: Storage
  readonly clock: Clock
  readonly #log: Log
  readonly #feed: ChangeFeed | undefined
  readonly #stopHearing: (() => void) | undefined
  readonly #changed = new Set<() => void>()
  readonly #ended = new Set<(ids: readonly string[]) => void>()
  /** The transaction in which a change asks whether it still may happen. */
  readonly #asking = new AsyncLocalStorage<Rows>()
  readonly #together: Together | undefined
  #retry: NodeJS.Timeout | undefined

  /** `feed`: the other processes on this database, if there are any. */
  constructor(
    storage: Storage,
    clock: Clock,
    log: Log,
    feed: ChangeFeed | undefined,
    together?: Together,
  ) {
    this.#together = together
    this.storage = storage
    this.clock = clock
    this.#log = log
    this.#feed = feed
    this.#stopHearing = feed?.onHeard((heard) => this.#hear(heard))
  }

  read<Value>(work: (rows: Rows) => Promise<Value>): Promise<Value> {
    const rows = this.#asking.getStore()
    return rows ? work(rows) : this.storage.read(work)
  }

  /**
   * One audited change in one transaction: `work` reads, decides and writes, knowing the version it makes; then
   * follow the audit entry and the new version, and after the commit the listeners.
   */
  async change<Value>(
    action: Action,
    change: Change,
    work: (rows: Rows, version: number) => Promise<Outcome<Value>>,
  ): Promise<Value> {
    if (change.isTrial) return this.#try(change, work)
    const { outcome, version, isChange } = await this.storage.write(async (rows) => {
      const version = (await currentVersion(rows)) + 1
      await this.ask(rows, change)
      const outcome = await work(rows, version)
      if (outcome.ended) await rememberEnded(rows, outcome.ended, this.clock())
      const entries = entriesOf(action, outcome)
      const { author, reason } = change
      const { rollbackOf } = outcome
      const revision = this.revision ?? version
      await this.#record(
        rows,
        entries.map((entry, i) => ({
          ...{ author, reason, ...entry, version: version + i, revision, rollbackOf },
        })),
      )
      return { outcome, version, isChange: entries.length > 0 }
    })
    if (outcome.ended) this.#tellEnded(outcome.ended)
    if (isChange) this.#tellChanged()
    if (isChange) change.made?.(version)
    return outcome.value
  }

  /** What would come of it; what was written meanwhile is taken back. */
  async #try<Value>(
    change: Change,
    work: (rows: Rows, version: number) => Promise<Outcome<Value>>,
  ): Promise<Value> {
    return this.storage.write(async (rows) => {
      await this.ask(rows, change)
      await sql`savepoint trial`.execute(rows)
      try {
        const { value } = await work(rows, (await currentVersion(rows)) + 1)
        return value
      } finally {
        await sql`rollback to trial`.execute(rows)
        await sql`release trial`.execute(rows)
      }
    })
  }

  /**
   * A few changes as one: one transaction and one revision. When `work` throws, none of them was made. Nothing inside may
   * take long: everybody else waits. For many there is `rehearse` (rehearsal.ts).
   */
  async together<Value>(
    change: Change,
    work: (inside: Store, change: Change, revision: number) => Promise<Value>,
  ): Promise<Value> {
    const done = await this.storage.write(async (rows) => {
      const next = (await currentVersion(rows)) + 1
      // Inside of another one it is part of that one's revision.
      const revision = this.revision ?? next
      await this.ask(rows, change)
      const history: Storage['read'] = (read) => this.#together?.history(read) ?? read(rows)
      const inside = this.inside(rows, { revision, history })
      const ended: string[] = []
      inside.onEnded((ids) => ended.push(...ids))
      const { author, reason } = change
      const value = await work(inside, { author, reason }, revision)
      const isChange = (await currentVersion(rows)) >= next
      // Each of them raised the version, and the journal counts by it.
      const later = rows.updateTable('journal').set({ version: revision })
      if (isChange) await later.where('version', '>', revision).execute()
      return { value, ended, revision, isChange }
    })
    this.#tellEnded(done.ended)
    if (done.isChange) this.#tellChanged()
    if (done.isChange) change.made?.(done.revision)
    return done.value
  }

  /** What happens inside of a transaction that is under way. */
  inside(rows: Rows, together?: Together): Store {
    return new Store(within(rows), this.clock, this.#log, undefined, together)
  }

  /** The revision that all changes are part of, where several are made together. */
  get revision(): number | undefined {
    return this.#together?.revision
  }

  /** Reads the directory with its past, also where several changes are made together. */
  history<Value>(work: (rows: Rows) => Promise<Value>): Promise<Value> {
    return this.#together ? this.#together.history(work) : this.read(work)
  }

  /** Throws when the change may not happen any more, as this transaction finds the directory. */
  async ask(rows: Rows, { stillMay }: Change): Promise<void> {
    if (stillMay) await this.#asking.run(rows, stillMay)
  }

  /** Tells the listeners and the other processes, after a commit; `ended`: ids of sessions. */
  tell(ended: readonly string[]): void {
    this.#tellEnded(ended)
    this.#tellChanged()
  }

  /** A change of what `DirectoryState` says about certificates that is nobody's and not audited. */
  async touchCertificates(work: (rows: Rows) => Promise<unknown>): Promise<void> {
    await this.storage.write(async (rows) => {
      await work(rows)
      const version = (await currentVersion(rows)) + 1
      await rows.updateTable('revision').set({ version, certificate_version: version }).execute()
    })
    this.#tellChanged()
  }

  /** Ends sessions in one transaction, which is not audited; `work` gives their ids. */
  async end(work: (rows: Rows) => Promise<readonly string[]>): Promise<readonly string[]> {
    const ended = await this.storage.write(async (rows) => {
      const ids = await work(rows)
      await rememberEnded(rows, ids, this.clock())
      return ids
    })
    this.#tellEnded(ended)
    return ended
  }

  async #record(rows: Rows, entries: readonly AuditedChange[]): Promise<void> {
    const at = this.clock()
    const audit = entries.map(({ version, author, reason, action, targetId, ...more }) => ({
      ...{ version, at, author, reason, action, target_id: targetId },
      before: encodeDocument(more.before),
      after: encodeDocument(more.after),
      ...{ revision: more.revision, rollback_of: more.rollbackOf ?? null },
    }))
    await insertRows(rows, 'audit', audit)
    const last = (concerns: (action: Action) => boolean) =>
      entries.findLast(({ action }) => concerns(action))?.version
    const version = last(() => true)
    if (version === undefined) return
    const access = last((action) => changesAccess[action])
    const certificate = last((action) => action.startsWith('certificate.'))
    const policy = last((action) => policyAction.test(action))
    await rows
      .updateTable('revision')
      .set({
        version,
        ...(access !== undefined && { access_version: access }),
        ...(certificate !== undefined && { certificate_version: certificate }),
        ...(policy !== undefined && { policy_version: policy }),
      })
      .execute()
  }

  onChange(listener: () => void): () => void {
    return subscribe(this.#changed, listener)
  }

  onEnded(listener: (ids: readonly string[]) => void): () => void {
    return subscribe(this.#ended, listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopHearing?.()
    clearTimeout(this.#retry)
    await this.storage[Symbol.asyncDispose]()
  }

  #tellChanged(): void {
    this.#tell(this.#changed, undefined)
    this.#feed?.announce({ kind: 'changed' })
  }

  #tellEnded(sessionIds: readonly string[]): void {
    if (sessionIds.length === 0) return
    this.#tell(this.#ended, sessionIds)
    this.#feed?.announce({ kind: 'ended', sessionIds })
  }

  #hear(heard: Heard): void {
    if (heard.kind === 'ended') this.#tell(this.#ended, heard.sessionIds)
    else this.#tell(this.#changed, undefined)
    if (heard.kind === 'missed') void this.#catchUp()
  }

  /** Told twice is no harm; not told leaves somebody in who was thrown out. [S9] */
  async #catchUp(): Promise<void> {
    try {
      const ended = await this.read(readEnded)
      if (ended.length > 0) this.#tell(this.#ended, ended)
    } catch (error) {
      this.#log.warn({ error }, 'which sessions other processes ended is asked again in a moment')
      this.#retry = setTimeout(() => this.#catchUp(), catchUpRetryMs).unref()
    }
  }

  /** The change is committed: a listener that fails cannot undo it, and must not keep the others from hearing. */
  #tell<News>(listeners: ReadonlySet<(news: News) => void>, news: News): void {
    for (const listener of listeners) {
      try {
        listener(news)
      } catch (error) {
        this.#log.error({ error }, 'a listener of the directory failed')
      }
    }
  }
}

function entriesOf(action: Action, outcome: Outcome<unknown>): readonly NamedEntry[] {
  const { record, certificate, others = [] } = outcome
  return [
    ...(record ? [{ ...record, action }] : []),
    ...(certificate ? [{ ...certificate, action: 'certificate.create' as const }] : []),
    ...others,
  ]
}

/** A transaction that is under way as the storage of what happens inside it. */
function within(rows: Rows): Storage {
  return {
    read: (work) => work(rows),
    write: (work) => work(rows),
    journal: async () => {},
    scratch: async () => {
      throw new Error('a transaction makes no other storage')
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The version of the directory as of this transaction. */
export async function currentVersion(rows: Rows): Promise<number> {
  const { version } = await rows.selectFrom('revision').select('version').executeTakeFirstOrThrow()
  return version
}

/** For ids that name nothing. */
export function notFound(what: string, id: string): Fault {
  return new Fault('not-found', `there is no ${what} ${id}`)
}
