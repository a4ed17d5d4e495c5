import type { LiveRequest } from './types.ts'

/** The latest requests, the newest first, each once. */
export type Tape = readonly LiveRequest[]

/** What one screen after another can show; who looks further back asks with a filter. */
export const tapeMax = 500

/** The tape after some events, in their order: a request that is told again takes its own place. */
export function record(tape: Tape, events: readonly LiveRequest[]): Tape {
  const latest = new Map(events.map((request) => [request.id, request]))
  const known = new Set(tape.map(({ id }) => id))
  const added = [...latest.values()].filter(({ id }) => !known.has(id)).reverse()
  const kept = tape.slice(0, Math.max(tapeMax - added.length, 0))
  return [...added.slice(0, tapeMax), ...kept.map((request) => latest.get(request.id) ?? request)]
}
