import type { Session } from '../identity/session.ts'

/**
 * Why streams are closed: somebody ended the session, its time is up, policies no longer allow it; or its application is
 * closed, or gone.
 */
export type StreamEnd = 'ended' | 'expired' | 'refused' | 'maintenance' | 'unpublished'

interface LiveStream {
  readonly close: (because: StreamEnd) => void
  readonly mayGoOn: (session: Session) => boolean
}

/** Answers that outlast their first frame, by session: what has to close when the session ends. [S9] Or by application. */
export class LiveStreams {
  readonly #streams = new Map<string, Set<LiveStream>>()
  #round: Iterator<string> | undefined

  /** `mayGoOn`: whether it would be let in now. Returns how to forget the stream again once it is over. */
  add(
    sessionId: string,
    close: LiveStream['close'],
    mayGoOn: LiveStream['mayGoOn'] = () => true,
  ): () => void {
    const stream: LiveStream = { close, mayGoOn }
    const streams = this.#streams.get(sessionId) ?? new Set()
    if (streams.size === 0) this.#streams.set(sessionId, streams)
    streams.add(stream)
    return () => {
      streams.delete(stream)
      if (streams.size === 0 && this.#streams.get(sessionId) === streams) {
        this.#streams.delete(sessionId)
      }
    }
  }

  /** Those that have streams. */
  get ids(): readonly string[] {
    return [...this.#streams.keys()]
  }

  /** Closes every stream of these sessions. */
  end(sessionIds: readonly string[], because: StreamEnd = 'ended'): void {
    for (const id of sessionIds) {
      for (const stream of this.#streams.get(id) ?? []) stream.close(because)
    }
  }

  /** Closes those streams of a session that policies no longer allow. [S8] */
  review(session: Session): void {
    for (const stream of this.#streams.get(session.id) ?? []) {
      if (!stream.mayGoOn(session)) stream.close('refused')
    }
  }

  /**
   * The next of the sessions that have streams, so many that `rounds` calls name each once; another round begins where
   * the last one ended.
   */
  *next(rounds: number): Generator<string> {
    for (let left = Math.ceil(this.#streams.size / rounds); left > 0; left--) {
      this.#round ??= this.#streams.keys()
      const { value, done } = this.#round.next()
      if (done) this.#round = undefined
      else yield value
    }
  }
}
