import type { Clock } from '../base/clock.ts'
import { Fault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import type { AuditEntry, Change } from './directory.ts'
import { encodeDocument } from './document.ts'
import type { Rows, Storage } from './storage.ts'

/** Every audited action: can it change who may enter which application? */
const changesAccess = {
  'application.create': false,
  'application.update': false,
  'application.delete': true,
  'person.create': false,
  'person.update': true,
  'person.set-password': false,
  'person.delete': true,
  'group.create': false,
  'group.delete': true,
  'group.add-member': true,
  'group.remove-member': true,
  'assignment.create': true,
  'assignment.delete': true,
  'connector.enrol': false,
  'connector.move': false,
  'connector.delete': false,
  'connector-group.create': false,
  'connector-group.update': false,
  'connector-group.delete': false,
  'enrolment-token.create': false,
} as const

export type Action = keyof typeof changesAccess

/** What an audited write did. Without `record` nothing was changed, and nothing may have been written. */
export interface Outcome<Value> {
  readonly value: Value
  readonly record?: Pick<AuditEntry, 'targetId' | 'before' | 'after'>
  /** Ids of the sessions that ended with it. */
  readonly ended?: readonly string[]
}

interface AuditedChange extends Omit<AuditEntry, 'at'> {
  readonly action: Action
}

/** Storage, time, and the two kinds of listeners: the base that every part of the directory stands on. */
export class Store {
  readonly storage: Storage
  readonly clock: Clock
  readonly #log: Log
  readonly #changed = new Set<() => void>()
  readonly #ended = new Set<(ids: readonly string[]) => void>()

  constructor(storage: Storage, clock: Clock, log: Log) {
    this.storage = storage
    this.clock = clock
    this.#log = log
  }

  read<Value>(work: (rows: Rows) => Promise<Value>): Promise<Value> {
    return this.storage.read(work)
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
    const outcome = await this.storage.write(async (rows) => {
      const version = (await currentVersion(rows)) + 1
      const done = await work(rows, version)
      if (done.record) await this.#record(rows, { ...change, ...done.record, action, version })
      return done
    })
    if (outcome.ended) this.tellEnded(outcome.ended)
    if (outcome.record) this.#tell(this.#changed, undefined)
    return outcome.value
  }

  async #record(rows: Rows, entry: AuditedChange): Promise<void> {
    const { version, author, reason, action, targetId } = entry
    await rows
      .insertInto('audit')
      .values({
        ...{ version, at: this.clock(), author, reason, action, target_id: targetId },
        before: encodeDocument(entry.before),
        after: encodeDocument(entry.after),
      })
      .execute()
    const revision = changesAccess[action] ? { version, access_version: version } : { version }
    await rows.updateTable('revision').set(revision).execute()
  }

  onChange(listener: () => void): () => void {
    return subscribe(this.#changed, listener)
  }

  onEnded(listener: (ids: readonly string[]) => void): () => void {
    return subscribe(this.#ended, listener)
  }

  tellEnded(ids: readonly string[]): void {
    if (ids.length > 0) this.#tell(this.#ended, ids)
  }

  /** The change is committed: a listener that fails cannot undo it, and must not keep the others from hearing. */
  #tell<News>(listeners: ReadonlySet<(news: News) => void>, news: News): void {
    for (const listener of listeners) {
      try {
        listener(news)
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of the directory failed')
      }
    }
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
