import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from './api.ts'
import { apiFailure } from './api-failure.ts'
import { readEvents, type StreamEvent } from './event-stream.ts'

// What a lost connection is tried again after; the edge tells what was missed.
const againMs = 1000
// The edge says something every five seconds, if only a comment.
const silenceMs = 30_000

/**
 * Events of a stream, for as long as the caller may have them: a connection that is lost, or whose token is over, is made
 * again. `opened` is told of the first one. Ends when `signal` aborts; rejects with a Failure when the edge refuses.
 */
export async function* follow(
  api: Api,
  path: string,
  signal: AbortSignal,
  opened: () => void,
): AsyncGenerator<StreamEvent, void> {
  let last: string | undefined
  for (let attempt = 0; !signal.aborted; attempt++) {
    if (attempt > 0) await api.renew()
    const response = await open(api, path, last)
    if (attempt === 0) opened()
    try {
      for await (const event of readEvents(response)) {
        last = event.id ?? last
        if (event.event === 'end') break
        yield event
      }
    } catch {
      // The edge went away, or something on the way did: it is tried again, and says so if it cannot be had.
    }
    await sleep(againMs, undefined, { signal }).catch(() => {})
  }
}

async function open(api: Api, path: string, last: string | undefined): Promise<IncomingMessage> {
  const { exchange, server } = await api.connection()
  const { headers, ...request } = await api.request('GET', path, 'text/event-stream')
  const resumed = { ...headers, ...(last !== undefined && { 'last-event-id': last }) }
  const response = await exchange.open({ ...request, headers: resumed }, silenceMs)
  if (response.statusCode === 200) return response
  const pieces = await Array.fromAsync(response as AsyncIterable<Buffer>)
  const text = Buffer.concat(pieces).toString('utf8')
  const answer = { status: response.statusCode ?? 0, headers: {}, text }
  throw apiFailure(answer, { method: 'GET', path: `/beta${path}`, server })
}
