import type { Application } from '../publishing/application.ts'
import { completePublishing } from '../publishing/earlier.ts'
import { noRegistration } from '../publishing/registration.ts'
import { decodeDocument, encodeDocument } from './document.ts'
import type { ApplicationRow } from './schema.ts'
import type { Rows } from './storage.ts'
import { currentVersion } from './store.ts'

/** An application as a row; what no query asks for goes into the document. */
export function toApplicationRow(application: Application, version: number): ApplicationRow {
  const { id, appId, servicePrincipalId, displayName, createdAt, ...others } = application
  const { assignmentRequired, connectorGroupId, ...document } = others
  return {
    id,
    app_id: appId,
    service_principal_id: servicePrincipalId,
    display_name: displayName,
    created_at: createdAt,
    assignment_required: assignmentRequired ? 1 : 0,
    connector_group_id: connectorGroupId ?? null,
    changed_version: version,
    document: encodeDocument(document),
  }
}

/** The application that `toApplicationRow` was given. */
export function toApplication(row: ApplicationRow): Application {
  const document = decodeDocument(row.document) as Omit<Application, keyof ApplicationColumns>
  return Object.freeze({
    ...document,
    // Documents say nothing about what there was not when they were written.
    registration: { ...noRegistration, ...document.registration },
    publishing: document.publishing && completePublishing(document.publishing),
    id: row.id,
    appId: row.app_id,
    servicePrincipalId: row.service_principal_id,
    displayName: row.display_name,
    createdAt: row.created_at,
    assignmentRequired: row.assignment_required === 1,
    connectorGroupId: row.connector_group_id ?? undefined,
  })
}

type ApplicationColumns = Pick<
  Application,
  | 'id'
  | 'appId'
  | 'servicePrincipalId'
  | 'displayName'
  | 'createdAt'
  | 'assignmentRequired'
  | 'connectorGroupId'
>

/**
 * All applications, decoded once per change and not once per reading. Read it in a transaction before that
 * transaction writes: what is remembered must have been committed.
 */
export class ApplicationCache {
  #version = 0
  #known = new Map<string, Application>()
  #all: readonly Application[] = []

  /** In order of creation. */
  async readAll(rows: Rows): Promise<readonly Application[]> {
    const version = await currentVersion(rows)
    if (version === this.#version) return this.#all
    const changed = await this.#learnChanged(rows)
    const gone = await this.#forgetDeleted(rows)
    if (changed || gone) this.#all = Array.from(this.#known.values()).sort(byCreation)
    this.#version = version
    return this.#all
  }

  async #learnChanged(rows: Rows): Promise<boolean> {
    const changed = await rows
      .selectFrom('application')
      .selectAll()
      .where('changed_version', '>', this.#version)
      .execute()
    for (const row of changed) this.#known.set(row.id, toApplication(row))
    return changed.length > 0
  }

  async #forgetDeleted(rows: Rows): Promise<boolean> {
    const { count } = await rows
      .selectFrom('application')
      .select((query) => query.fn.countAll<number | string>().as('count'))
      .executeTakeFirstOrThrow()
    // PostgreSQL counts in 64 bits, which arrive as text.
    if (Number(count) === this.#known.size) return false
    const present = await rows.selectFrom('application').select('id').execute()
    const ids = new Set(present.map((row) => row.id))
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id)
    return true
  }
}

function byCreation(one: Application, other: Application): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1)
}
