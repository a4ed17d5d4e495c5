import type { RequestRecord, RequestSummary } from '../../base/request-record.ts'
import type { Collection } from '../collection.ts'
import { type FilterFields, type Predicate, parseFilter } from '../filter.ts'

const fields: FilterFields<RequestSummary> = {
  id: (request) => request.id,
  startedDateTime: (request) => request.startedDateTime,
  durationInMilliseconds: (request) => request.durationInMilliseconds,
  isOpen: (request) => request.isOpen,
  method: (request) => request.method,
  url: (request) => request.url,
  protocol: (request) => request.protocol,
  status: (request) => request.status,
  kind: (request) => request.kind,
  origin: (request) => request.origin,
  code: (request) => request.code,
  applicationId: (request) => request.applicationId,
  applicationDisplayName: (request) => request.applicationDisplayName,
  segmentId: (request) => request.segmentId,
  corsConfigurationId: (request) => request.corsConfigurationId,
  userId: (request) => request.userId,
  userPrincipalName: (request) => request.userPrincipalName,
  connectorId: (request) => request.connectorId,
  ipAddress: (request) => request.ipAddress,
}

/** Requests that the edge remembers. */
export const requestCollection: Collection<RequestRecord> = {
  context: 'requests',
  properties: [...Object.keys(fields), 'userAgent', 'requestBytes', 'responseBytes', 'steps'],
  fields,
  write: (request) => ({ ...request }),
}

/** Whether a request meets a `$filter`; every one does when there is none. Throws a Refusal when it cannot be read. */
export function requestFilter(filter: string | undefined): Predicate<RequestSummary> {
  return filter === undefined ? () => true : parseFilter(filter, fields)
}
