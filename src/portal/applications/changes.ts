import type { Change } from '../api/client.ts'
import type { Application, Publishing } from '../api/types.ts'
import { applicationPath } from './applications.ts'
import { publishingPart } from './documents.ts'

/** The call that changes part of an application's publishing. */
export function publishingChange(
  application: Application,
  part: Partial<Publishing>,
  summary = `Saved ${application.displayName}`,
): Change {
  const body = { onPremisesPublishing: part }
  const document = publishingPart(application, part)
  return { method: 'PATCH', path: applicationPath(application.id), body, document, summary }
}

/** Where the segments of an application stand in the API. */
export function segmentsPath(id: string): string {
  const configuration = 'segmentsConfiguration/microsoft.graph.webSegmentConfiguration'
  return `${applicationPath(id)}/onPremisesPublishing/${configuration}/applicationSegments`
}

/** Where CORS rules stand: those of a segment, or of an application without segments. */
export function rulesPath(id: string, segmentId: string | undefined): string {
  const owner =
    segmentId === undefined
      ? `${applicationPath(id)}/onPremisesPublishing`
      : `${segmentsPath(id)}/${segmentId}`
  return `${owner}/corsConfigurations`
}
