import { randomUUID } from 'node:crypto'
import type { Issue, Parsed } from '../base/check.ts'
import type { Assignment, Directory } from './directory.ts'
import { findGroup } from './groups.ts'
import { findPerson } from './people.ts'
import type { AssignmentRow } from './schema.ts'
import { endSessionsWithoutAccess } from './session-rows.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

type Assignments = Pick<Directory, 'assignments' | 'assign' | 'removeAssignment'>
type Assign = Directory['assign']
type Remove = Directory['removeAssignment']

/** The directory's methods about who may enter which application. */
export function assignmentMethods(store: Store): Assignments {
  return {
    assignments: (applicationId) => store.read((rows) => listAssignments(rows, applicationId)),
    assign: (...input) => assign(store, ...input),
    removeAssignment: (...input) => removeAssignment(store, ...input),
  }
}

async function listAssignments(
  rows: Rows,
  applicationId: string | undefined,
): Promise<readonly Assignment[]> {
  const all = rows.selectFrom('assignment').selectAll().orderBy('created_at').orderBy('id')
  const some = applicationId === undefined ? all : all.where('application_id', '=', applicationId)
  return (await some.execute()).map(toAssignment)
}

/** A row as an assignment. */
export function toAssignment(row: AssignmentRow): Assignment {
  return {
    id: row.id,
    applicationId: row.application_id,
    principalId: row.principal_id,
    principalType: row.principal_type,
    appRoleId: row.app_role_id,
    createdAt: row.created_at,
  }
}

async function assign(store: Store, ...[wanted, change]: Parameters<Assign>): ReturnType<Assign> {
  const { applicationId, principalId, principalType, appRoleId } = wanted
  const row: AssignmentRow = {
    ...{ id: randomUUID(), application_id: applicationId, principal_id: principalId },
    ...{ principal_type: principalType, app_role_id: appRoleId, created_at: store.clock() },
  }
  return store.change<Parsed<Assignment>>('assignment.create', change, async (rows) => {
    const issues = await findProblems(rows, row)
    if (issues.length > 0) return { value: { issues } }
    await rows.insertInto('assignment').values(row).execute()
    const assignment = toAssignment(row)
    const record = { targetId: row.id, before: undefined, after: assignment }
    return { value: { value: assignment }, record }
  })
}

async function findProblems(rows: Rows, wanted: AssignmentRow): Promise<readonly Issue[]> {
  const { application_id: applicationId, principal_id: principalId } = wanted
  const issues: Issue[] = []
  const applications = rows.selectFrom('application').select('id').where('id', '=', applicationId)
  if (!(await applications.executeTakeFirst())) {
    const message = `there is no application ${applicationId}`
    issues.push({ path: '/applicationId', code: 'unknown-application', message })
  }
  if (!(await finders[wanted.principal_type](rows, principalId))) {
    const message = `there is no ${wanted.principal_type} ${principalId}`
    issues.push({ path: '/principalId', code: 'unknown-principal', message })
  }
  const present = await listAssignments(rows, applicationId)
  const isSame = (assignment: Assignment) =>
    assignment.principalId === principalId && assignment.appRoleId === wanted.app_role_id
  if (present.some(isSame)) {
    const message = `${principalId} is assigned to this application already`
    issues.push({ path: '/principalId', code: 'already-exists', message })
  }
  return issues
}

const finders = { User: findPerson, Group: findGroup, ServicePrincipal: findServicePrincipal }

async function findServicePrincipal(rows: Rows, id: string) {
  const applications = rows.selectFrom('application').select('id')
  return applications.where('service_principal_id', '=', id).executeTakeFirst()
}

async function removeAssignment(
  store: Store,
  ...[id, change]: Parameters<Remove>
): ReturnType<Remove> {
  return store.change('assignment.delete', change, async (rows) => {
    const removed = await rows
      .deleteFrom('assignment')
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    if (!removed) return { value: false }
    const ended = await endSessionsWithoutAccess(rows, { applicationId: removed.application_id })
    const record = { targetId: id, before: toAssignment(removed), after: undefined }
    return { value: true, record, ended }
  })
}
