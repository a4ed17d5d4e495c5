import type { RouteNote } from '../base/route-note.ts'
import type { Session } from '../identity/session.ts'

/** What answers for a built-in application, where a connector would for another: people who are let in come here. */
export interface Site {
  /** More than this of a body is refused. */
  bodyMaxBytes(method: string, path: string, session: Session): Promise<number>
  /** `request` has neither the edge's cookies nor an Authorization field; `note` is told by traces. Rejects with faults. */
  answer(request: Request, session: Session, note: RouteNote): Promise<Response>
}

/** By application id. */
export type Sites = ReadonlyMap<string, Site>
