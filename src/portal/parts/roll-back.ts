import type { Change } from '../api/client.ts'

/** The call that undoes what a revision did. */
export function rollBack(revisionId: string, summary: string): Change {
  return {
    method: 'POST',
    path: `/revisions/${revisionId}/rollBack`,
    body: {},
    summary: `Undone: ${summary}`,
  }
}
