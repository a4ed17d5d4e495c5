import type { RequestCursor } from '../base/request-record.ts'
import { type Call, key, type Reply, replyItem, selfUrl } from './call.ts'
import { writePart } from './collection.ts'
import { readCount } from './query.ts'
import { badRequest, Refusal } from './refusal.ts'
import { RequestStream } from './request-stream.ts'
import { requestCollection, requestFilter } from './shape/request.ts'

const defaultTop = 100
const maxTop = 999

/** GET /requests: the latest first; what is asked for goes to every process of the edge. [G5] */
export async function listRequests(call: Call): Promise<Reply> {
  const { filter, orderby, skiptoken, top: written } = call.query
  if (!/^(?:startedDateTime desc)?$/i.test(orderby ?? '')) {
    throw badRequest('$orderby can be startedDateTime desc only.', 'bad-option')
  }
  requestFilter(filter)
  const top = Math.min(readCount(written, '$top') ?? defaultTop, maxTop)
  const before = readCursor(skiptoken)
  const found = await call.requests.list({ filter, top: top + 1, before })
  const page = found.slice(0, top)
  const last = found.length > top ? page.at(-1) : undefined
  const cursor = last && `${Date.parse(last.startedDateTime)}.${last.id}`
  const body = writePart(
    requestCollection,
    page,
    call.query,
    selfUrl(call),
    call.metadataUrl,
    cursor,
  )
  return { status: 200, body }
}

function readCursor(token: string | undefined): RequestCursor | undefined {
  if (token === undefined) return undefined
  const [, at, id] = /^([0-9]{1,15})\.([0-9a-f-]{36})$/.exec(token) ?? []
  if (at === undefined || id === undefined) {
    throw badRequest('$skiptoken is not one of ours.', 'bad-option')
  }
  return { startedDateTime: new Date(Number(at)).toISOString(), id }
}

/** GET /requests/{id}: by the id on an error page. */
export async function getRequest(call: Call): Promise<Reply> {
  return replyItem(call, requestCollection, await call.requests.find(key(call, 'request')))
}

/** GET /requests/live: server-sent events, until the caller leaves or may not read any more. */
export async function watchRequests(call: Call): Promise<Reply> {
  const { filter } = call.query
  requestFilter(filter)
  const stream = new RequestStream(call.caller.name, call.stillAllowed)
  const watch = call.requests.watch(filter, stream)
  if (!watch) throw tooManyReaders()
  stream.onEnd(() => watch.stop())
  const after = readEventId(call.request.headers.get('last-event-id'))
  if (after !== undefined) {
    try {
      const missed = await call.requests.list({ filter, top: maxTop, openAtMs: after })
      for (const record of missed.toReversed()) stream.onRequest(record)
    } catch (error) {
      // Nobody will read it.
      stream.onClose()
      throw error
    }
  }
  return { status: 200, stream: stream.body, headers: eventStream }
}

const eventStream = { 'content-type': 'text/event-stream; charset=utf-8' } as const

// What another process tells may come a little later than what happened at the same time here. Told twice is better than never.
const overlapMs = 1_000

/** When the last event that the reader knows happened; undefined for none, and for what is none of ours. */
function readEventId(id: string | null): number | undefined {
  const at = /^([0-9]{1,15})\.[0-9a-f-]{36}$/.exec(id ?? '')?.[1]
  return at === undefined ? undefined : Number(at) - overlapMs
}

function tooManyReaders(): Refusal {
  const message = 'As many listen to the requests of this edge as it allows. Try again later.'
  const headers = { 'retry-after': '10' }
  return new Refusal(429, 'TooManyRequests', message, { innerCode: 'too-many-readers', headers })
}
