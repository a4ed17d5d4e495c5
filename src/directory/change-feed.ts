/** What one process tells the others on its database after a commit: ids only, so that each reads for itself. [N2] */
export type News =
  | { readonly kind: 'changed' }
  | { readonly kind: 'ended'; readonly sessionIds: readonly string[] }

/** What a process hears. `missed`: somebody may have committed and not lived to tell, so read everything again. */
export type Heard = News | { readonly kind: 'missed' }

/** Carries news between the processes that share a database; nobody hears their own. */
export interface ChangeFeed {
  /** Never throws. */
  announce(news: News): void
  /** Returns how to stop. */
  onHeard(listener: (heard: Heard) => void): () => void
}
