/** Why streams are closed: somebody ended the session, its time is up; or its application is closed, or gone. */
export type StreamEnd = 'ended' | 'expired' | 'maintenance' | 'unpublished'

/** Answers that outlast their first frame, by session: what has to close when the session ends. [S9] Or by application. */
export class LiveStreams {
  readonly #closers = new Map<string, Set<(because: StreamEnd) => void>>()
  #round: Iterator<string> | undefined

  /** Returns how to forget the stream again once it is over. */
  add(sessionId: string, close: (because: StreamEnd) => void): () => void {
    const closers = this.#closers.get(sessionId) ?? new Set()
    if (closers.size === 0) this.#closers.set(sessionId, closers)
    closers.add(close)
    return () => {
      closers.delete(close)
      if (closers.size === 0 && this.#closers.get(sessionId) === closers) {
        this.#closers.delete(sessionId)
      }
    }
  }

  /** Those that have streams. */
  get ids(): readonly string[] {
    return [...this.#closers.keys()]
  }

  /** Closes every stream of these sessions. */
  end(sessionIds: readonly string[], because: StreamEnd = 'ended'): void {
    for (const id of sessionIds) {
      for (const close of this.#closers.get(id) ?? []) close(because)
    }
  }

  /**
   * The next of the sessions that have streams, so many that `rounds` calls name each once; another round begins where
   * the last one ended.
   */
  *next(rounds: number): Generator<string> {
    for (let left = Math.ceil(this.#closers.size / rounds); left > 0; left--) {
      this.#round ??= this.#closers.keys()
      const { value, done } = this.#round.next()
      if (done) this.#round = undefined
      else yield value
    }
  }
}
