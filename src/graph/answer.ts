import { type Call, type Reply, selfUrl } from './call.ts'
import { demand, type Precondition, readPrecondition, sees, tagOf } from './entity-tag.ts'
import { type Preference, readPreference, wantsCreation } from './preference.ts'
import { badRequest, Refusal } from './refusal.ts'
import type { Route } from './route.ts'

/**
 * The answer of a route, with what holds for all of them: tags and conditions, preferences, where a new resource is. `shown`
 * is the route that reads what this one changes; undefined where nothing does.
 */
export async function answerCall(
  call: Call,
  route: Route,
  shown: Route | undefined,
): Promise<Reply> {
  if (call.isCount) return writeCount(await route.handler(withCount(call)))
  const precondition = readPrecondition(call.request.headers)
  if (route.method === 'GET') return read(call, route, precondition)
  const preference = readPreference(call.request.headers)
  const reply = await change(call, route, shown, precondition)
  if (route.method === 'POST') return withLocation(call, route, reply, preference)
  return prefer(call, shown, reply, preference)
}

async function read(
  call: Call,
  route: Route,
  precondition: Precondition | undefined,
): Promise<Reply> {
  const reply = await route.handler(call)
  if (!isItem(route) || reply.status !== 200) return reply
  const etag = await tagAsRead(call, route, reply)
  const headers = { ...reply.headers, etag }
  const noneMatch = precondition?.noneMatch
  const isKnown = noneMatch !== undefined && sees(noneMatch, etag)
  return isKnown ? { status: 304, headers } : { ...reply, headers }
}

/** A single resource that can be read, and so has a tag. */
function isItem({ options = [] }: Route): boolean {
  return options.includes('select') && !options.includes('top')
}

// A part of a resource has the tag of the whole.
async function tagAsRead(call: Call, route: Route, reply: Reply): Promise<string> {
  const isWhole = call.query.select === undefined && call.query.expand === undefined
  const whole = isWhole ? reply : await route.handler({ ...call, query: {} })
  return tagOf(whole.body ?? {})
}

/**
 * The condition is looked at in the transaction that changes the resource, so that of two callers who both saw the same
 * only one gets through. [G4]
 */
async function change(
  call: Call,
  route: Route,
  shown: Route | undefined,
  precondition: Precondition | undefined,
): Promise<Reply> {
  if (precondition === undefined) return route.handler(call)
  if (!shown) {
    throw badRequest('If-Match and If-None-Match mean nothing here.', 'no-entity-tag')
  }
  let asked = false
  const stillMay = async () => {
    await call.change.stillMay?.()
    // The second change of one request finds what the first has made of the resource.
    if (asked) return
    demand(precondition, await currentTag(call, shown))
    asked = true
  }
  const reply = await route.handler({ ...call, change: { ...call.change, stillMay } })
  // Nothing was changed, and yet the caller is told whether it could have been.
  await stillMay()
  return reply
}

async function currentTag(call: Call, shown: Route): Promise<string | undefined> {
  try {
    const { body } = await shown.handler({ ...call, query: {} })
    return tagOf(body ?? {})
  } catch (thrown) {
    // It can be made by the very request that asks.
    const isMissing =
      thrown instanceof Refusal &&
      (thrown.code === 'OnPremisesPublishing_NotEnabled' ||
        (thrown.status === 404 && wantsCreation(call.request.headers)))
    if (isMissing) return undefined
    throw thrown
  }
}

/** PATCH and PUT answer what the route says, or what the caller prefers (OData 4.01 protocol §8.2.8.7). */
async function prefer(
  call: Call,
  shown: Route | undefined,
  reply: Reply,
  preference: Preference | undefined,
): Promise<Reply> {
  if (!shown || call.request.method === 'DELETE' || preference === undefined) return reply
  // What was made because it was missing is shown already.
  if (reply.status === 201) return reply
  if (preference === 'minimal')
    return applied({ ...reply, status: 204, body: undefined }, preference)
  const { body, headers } = await read({ ...call, query: {} }, shown, undefined)
  return applied({ status: 200, body, headers: { ...reply.headers, ...headers } }, preference)
}

/** Where the new resource is, and no more than that if the caller prefers so; what is told only once is always told. */
function withLocation(
  call: Call,
  { toldOnce }: Route,
  reply: Reply,
  preference: Preference | undefined,
): Reply {
  const id = (reply.body as { id?: unknown } | undefined)?.id
  if (reply.status !== 201 || typeof id !== 'string') return reply
  const self = selfUrl(call)
  const location = `${self.href.replace(/\/$/, '')}/${encodeURIComponent(id)}`
  const there = { ...reply, headers: { location, ...reply.headers } }
  if (preference !== 'minimal' || toldOnce) return there
  const headers = { ...there.headers, 'odata-entityid': location }
  return applied({ status: 204, headers }, preference)
}

function applied(reply: Reply, preference: Preference): Reply {
  return {
    ...reply,
    headers: { ...reply.headers, 'preference-applied': `return=${preference}` },
  }
}

/** `…/$count` is the number alone, of all that the filter lets through (OData 4.01 URL conventions §4.8). */
function withCount(call: Call): Call {
  const { filter, search } = call.query
  const query = { ...(filter !== undefined && { filter }), ...(search !== undefined && { search }) }
  return { ...call, query: { ...query, count: 'true', top: '0' } }
}

function writeCount({ body }: Reply): Reply {
  const count = (body as { '@odata.count'?: number } | undefined)?.['@odata.count']
  return { status: 200, text: String(count ?? 0) }
}
