import { useEffect, useRef, useState } from 'react'
import { readApi } from '../api/client.ts'
import { listenToEvents, type StreamState } from '../api/events.ts'
import { record, type Tape } from './tape.ts'
import type { LiveRequest } from './types.ts'

export interface Live {
  readonly tape: Tape
  readonly state: StreamState
  /** Not told, because there were too many at once. */
  readonly dropped: number
  /** Happened while the list stood still. */
  readonly missed: number
  readonly problem: unknown
}

// Often enough to look live, seldom enough that hundreds of requests are one change of the page.
const flushMs = 250
const firstTop = 100

/** The latest requests and those that come, as long as somebody looks; still while `isPaused`. */
export function useLive(filter: string | undefined, isPaused: boolean): Live {
  const [tape, setTape] = useState<Tape>([])
  const [state, setState] = useState<StreamState>('waiting')
  const [dropped, setDropped] = useState(0)
  const [missed, setMissed] = useState(0)
  const [problem, setProblem] = useState<unknown>(undefined)
  const waiting = useRef<LiveRequest[]>([])
  useEffect(() => {
    const stop = new AbortController()
    setTape([])
    setDropped(0)
    setProblem(undefined)
    waiting.current = []
    const query = filter === undefined ? '' : `$filter=${encodeURIComponent(filter)}`
    readApi<{ value: LiveRequest[] }>(`/requests?$top=${firstTop}&${query}`, stop.signal).then(
      ({ value }) => setTape((now) => record(value, now.toReversed())),
      (error) => stop.signal.aborted || setProblem(error),
    )
    const end = listenToEvents(`/requests/live?${query}`, {
      on: {
        request: (data) => keep(waiting.current, data as LiveRequest),
        dropped: (data) => setDropped((sum) => sum + (data as { count: number }).count),
      },
      onState: setState,
    })
    return () => {
      stop.abort()
      end()
    }
  }, [filter])
  useEffect(() => {
    const timer = setInterval(() => {
      const events = waiting.current
      if (isPaused) return setMissed(events.length)
      setMissed(0)
      if (events.length === 0) return
      waiting.current = []
      setTape((now) => record(now, events))
    }, flushMs)
    return () => clearInterval(timer)
  }, [isPaused])
  return { tape, state, dropped, missed, problem }
}

// Twice what is shown: a pause keeps the latest, and no more memory however long it lasts.
const waitingMax = 1_000

function keep(waiting: LiveRequest[], request: LiveRequest): void {
  waiting.push(request)
  if (waiting.length > waitingMax) waiting.splice(0, waiting.length - waitingMax)
}
