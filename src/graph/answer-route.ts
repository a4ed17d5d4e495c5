import { answerCall } from './answer.ts'
import { findApplication, findByPrincipal } from './applications.ts'
import type { Call, Caller, GraphOptions, Reply } from './call.ts'
import { ownApplications } from './ownership.ts'
import type { ApiPath } from './path.ts'
import { mayDoEverything, mayUse, openersOf, type Use } from './permissions.ts'
import { parseQuery } from './query.ts'
import { badRequest, lacking, Refusal } from './refusal.ts'
import { application, principal, type Route } from './route.ts'
import { routes } from './routes.ts'

/** What somebody who is known asks of a route. */
export interface Asked {
  readonly request: Request
  readonly keys: Readonly<Record<string, string>>
  readonly path: Pick<ApiPath, 'version' | 'isCount'>
  readonly caller: Caller
  readonly dispatch: Call['dispatch']
  readonly findCaller: () => Promise<Caller>
}

/** The answer of a route with all that holds for every route; for whoever may have it (`checkCaller`). */
export async function answerRoute(
  { request, keys, path, caller, dispatch, findCaller }: Asked,
  route: Route,
  options: GraphOptions,
): Promise<Reply> {
  const isOwner = !mayCall(caller, route)
  const made: number[] = []
  const call: Call = {
    ...options,
    request,
    keys,
    dispatch,
    version: path.version,
    isCount: path.isCount,
    query: parseQuery(new URL(request.url).searchParams, route.options ?? []),
    change: {
      author: caller.name,
      reason: readReason(request),
      made: (revision) => made.push(revision),
    },
    caller,
    isOwner,
    stillAllowed: () => isStillAllowed(findCaller, route),
    mayGrant: mayDoEverything(caller.roles),
    metadataUrl: `${options.baseUrl.replace(/\/$/, '')}/${path.version}/$metadata`,
  }
  const may = isOwner ? await asOwner(call, route) : call
  return withRevisions(await answerCall(may, route, shownBy(route)), made)
}

/** Throws the Refusal for whoever may not use the route, and owns nothing for which they might. */
export function checkCaller(caller: Caller, route: Route): void {
  const mayOwn = route.forOwners && caller.ownerId !== undefined
  if (!mayOwn && !mayCall(caller, route)) throw lackingAt(route)
}

function lackingAt(route: Route): Refusal {
  return lacking(openersOf(route.area, useOf(route)))
}

/** The call of somebody who is here as an owner; throws 403 unless they are one, and in the transaction once more. [G3] */
async function asOwner(call: Call, route: Route): Promise<Call> {
  const demandOwner = async () => {
    if (!(await isTheirs(call, route))) throw lackingAt(route)
  }
  await demandOwner()
  return { ...call, change: { ...call.change, stillMay: demandOwner } }
}

/** Whether the application that the path names is the caller's; a list is for whoever owns any. */
async function isTheirs(call: Call, { path }: Route): Promise<boolean> {
  const own = await ownApplications(call.directory, call.caller)
  const find = path.startsWith(application)
    ? findApplication
    : path.startsWith(principal)
      ? findByPrincipal
      : undefined
  if (!find) return own.size > 0
  try {
    return own.has((await find(call)).id)
  } catch (thrown) {
    // What is not there is nobody's, and who may not see what there is learns nothing of it.
    if (thrown instanceof Refusal && thrown.status === 404) return false
    throw thrown
  }
}

/** Tells whoever changed something what to take back, should it be wrong. [G4] */
function withRevisions(reply: Reply, made: readonly number[]): Reply {
  if (made.length === 0) return reply
  return { ...reply, headers: { ...reply.headers, 'sallyport-revision': made.join(', ') } }
}

function mayCall({ roles }: Caller, route: Route): boolean {
  return mayUse(roles, route.area, useOf(route))
}

function useOf({ use, method }: Route): Use {
  return use ?? (method === 'GET' ? 'read' : 'write')
}

async function isStillAllowed(findCaller: Asked['findCaller'], route: Route): Promise<boolean> {
  try {
    return mayCall(await findCaller(), route)
  } catch {
    // Refused, or nobody can tell: an answer that lasts is not worth a doubt.
    return false
  }
}

/** The one that reads what this one changes. */
function shownBy({ path }: Route): Route | undefined {
  // References have no tag of their own: what stands behind them may change, and they do not.
  if (path.endsWith('/$ref')) return undefined
  const isThere = (route: Route) => route.method === 'GET' && route.path === path
  return routes.find((route) => isThere(route) && !route.options?.includes('top'))
}

/** A reason is a sentence for the audit trail, not a document. */
const maxReasonLength = 500

function readReason(request: Request): string {
  const reason = request.headers.get('x-change-reason') ?? ''
  if (reason.length > maxReasonLength) {
    throw badRequest(`X-Change-Reason is longer than ${maxReasonLength} characters.`)
  }
  return reason
}
