import { doInSlices } from '../base/slices.ts'
import type { Application } from '../publishing/application.ts'
import { toApplication } from './application-rows.ts'
import { Neighbours } from './neighbours.ts'
import type { Rows } from './storage.ts'
import { currentVersion } from './store.ts'

/**
 * All applications, decoded once per change and not once per reading. Read it in a transaction before that
 * transaction writes: what is remembered must have been committed.
 */
export class ApplicationCache {
  #version = 0
  #known = new Map<string, Application>()
  /** Whether those known are in order of creation: a change leaves each in its place. */
  #isSorted = true
  /** Made when somebody asks: among thousands of changes hardly anybody does. */
  #all: readonly Application[] | undefined
  #neighbours: Neighbours | undefined

  /** In order of creation; the same list as long as nothing has changed. */
  async readAll(rows: Rows): Promise<readonly Application[]> {
    await this.#refresh(rows)
    this.#all ??= this.#list()
    return this.#all
  }

  async read(rows: Rows, id: string): Promise<Application | undefined> {
    await this.#refresh(rows)
    return this.#known.get(id)
  }

  /** Those that an application has to be compared with, in order of creation. */
  async readNeighbours(rows: Rows, application: Application): Promise<readonly Application[]> {
    await this.#refresh(rows)
    this.#neighbours ??= new Neighbours(this.#known.values())
    return this.#neighbours.of(application).toSorted(byCreation)
  }

  async #refresh(rows: Rows): Promise<void> {
    const version = await currentVersion(rows)
    if (version === this.#version) return
    await this.#learnChanged(rows)
    await this.#forgetDeleted(rows)
    this.#version = version
  }

  async #learnChanged(rows: Rows): Promise<void> {
    const changed = await rows
      .selectFrom('application')
      .selectAll()
      .where('changed_version', '>', this.#version)
      .execute()
    await doInSlices(changed, (row) => this.#replace(row.id, toApplication(row)))
  }

  async #forgetDeleted(rows: Rows): Promise<void> {
    const { count } = await rows
      .selectFrom('application')
      .select((query) => query.fn.countAll<number | string>().as('count'))
      .executeTakeFirstOrThrow()
    // PostgreSQL counts in 64 bits, which arrive as text.
    if (Number(count) === this.#known.size) return
    const present = await rows.selectFrom('application').select('id').execute()
    const ids = new Set(present.map((row) => row.id))
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#replace(id, undefined)
  }

  #list(): readonly Application[] {
    const all = Array.from(this.#known.values())
    if (this.#isSorted) return all
    all.sort(byCreation)
    this.#known = new Map(all.map((each) => [each.id, each]))
    this.#isSorted = true
    return all
  }

  #replace(id: string, next: Application | undefined): void {
    const before = this.#known.get(id)
    if (before) this.#neighbours?.remove(before)
    if (next) {
      if (!before) this.#isSorted = false
      this.#known.set(id, next)
      this.#neighbours?.add(next)
    } else this.#known.delete(id)
    this.#all = undefined
  }
}

function byCreation(one: Application, other: Application): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1)
}
