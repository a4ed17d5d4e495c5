import { fieldValue, type RawHeaders } from '../http/headers.ts'
import type { Edge } from './edge.ts'

/** Whether an answer has no end of its own: more may come for as long as its application lives. */
export function isEndless(headers: RawHeaders): boolean {
  return /^\s*text\/event-stream\b/i.test(fieldValue(headers, 'content-type') ?? '')
}

/**
 * Ends the WebSockets and event streams of applications that nobody is let into any more. Everything else that is under
 * way has an end, and may come to it. [P13]
 */
export function endClosedStreams({ endless, snapshot }: Pick<Edge, 'endless' | 'snapshot'>): void {
  const { applications } = snapshot.routes
  for (const id of endless.ids) {
    const application = applications.get(id)
    if (!application) endless.end([id], 'unpublished')
    else if (application.maintenance) endless.end([id], 'maintenance')
  }
}
