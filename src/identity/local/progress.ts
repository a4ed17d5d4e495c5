import type { ProviderRecords } from '../provider-records.ts'

/** How far a sign-in has come; kept under the interaction's id, which only the browser's cookie opens. */
export interface Progress {
  /** Who it is, once something is proven. */
  readonly personId?: string
  /** What is proven, as in `amr`. */
  readonly amr: readonly string[]
  /**
   * When the password that was proven had been set: one that was set since proves nothing. Compared as a name, not as a
   * time, since clocks are set back, too.
   */
  readonly passwordOf?: number
  /** Epoch seconds: when the first of it was, if that was at an earlier sign-in. */
  readonly provenAt?: number
  /** Whoever was signed in is somebody else: everything is asked for. */
  readonly restarted?: true
  /** Of the app that is being set up, sealed. */
  readonly newCodeSecret?: string
}

const kind = 'SignInProgress'
// A person fetches the telephone from another room; whoever finds the page later starts anew.
const lifetimeSeconds = 15 * 60

/** Nothing is proven. */
export const noProgress: Progress = { amr: [] }

/** What was kept; undefined when nothing was, or too long ago. */
export async function loadProgress(
  records: ProviderRecords,
  interactionId: string,
): Promise<Progress | undefined> {
  const found = await records.find(kind, interactionId)
  return found as Progress | undefined // `saveProgress` wrote it
}

/** Keeps it for a quarter of an hour. */
export function saveProgress(
  records: ProviderRecords,
  interactionId: string,
  progress: Progress,
): Promise<void> {
  // Whatever revokes a person's sign-ins takes away what is kept with their id, this one in the middle included.
  const { personId } = progress
  const kept = personId === undefined ? progress : { ...progress, accountId: personId }
  return records.upsert(kind, interactionId, kept, lifetimeSeconds)
}

/** The sign-in is over, or begins anew. */
export function forgetProgress(records: ProviderRecords, interactionId: string): Promise<void> {
  return records.destroy(kind, interactionId)
}
