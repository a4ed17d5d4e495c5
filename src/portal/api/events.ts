import { readApi } from './client.ts'

/** How a live view stands: `open` while events arrive, `waiting` while the browser connects again by itself. */
export type StreamState = 'open' | 'waiting'

export interface StreamListener {
  /** Each kind of event with what is done with its data, parsed. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>
  readonly onState: (state: StreamState) => void
}

/** Listens to an event stream of the API; the browser resumes it by Last-Event-ID. Gives what ends it. */
export function listenToEvents(path: string, { on, onState }: StreamListener): () => void {
  let source: EventSource | undefined
  let ended = false
  const open = (): void => {
    if (ended) return
    source = new EventSource(`/api/beta${path}`)
    source.onopen = () => onState('open')
    for (const [name, take] of Object.entries(on)) {
      source.addEventListener(name, ({ data }) => take(JSON.parse(String(data))))
    }
    source.onerror = ({ target }) => {
      onState('waiting')
      // Closed for good is a refusal, such as a session that has ended: any other call asks to sign in again.
      if ((target as EventSource).readyState === EventSource.CLOSED)
        readApi('/me').then(open, () => {})
    }
  }
  open()
  return () => {
    ended = true
    source?.close()
  }
}
