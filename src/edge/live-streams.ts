/** Answers that outlast their first frame, by session: what has to close when the session ends. [S9] */
export class LiveStreams {
  readonly #closers = new Map<string, Set<() => void>>()

  /** Returns how to forget the stream again once it is over. */
  add(sessionId: string, close: () => void): () => void {
    const closers = this.#closers.get(sessionId) ?? new Set()
    closers.add(close)
    this.#closers.set(sessionId, closers)
    return () => {
      closers.delete(close)
      if (closers.size === 0) this.#closers.delete(sessionId)
    }
  }

  /** Closes every stream of these sessions. */
  end(sessionIds: readonly string[]): void {
    for (const id of sessionIds) {
      for (const close of this.#closers.get(id) ?? []) close()
    }
  }
}
