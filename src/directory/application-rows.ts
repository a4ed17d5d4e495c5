import type { Application } from '../publishing/application.ts'
import { completePublishing } from '../publishing/earlier.ts'
import { noRegistration } from '../publishing/registration.ts'
import { decodeDocument, encodeDocument } from './document.ts'
import type { ApplicationRow } from './schema.ts'

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
