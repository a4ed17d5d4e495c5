import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { asFault } from '../base/fault.ts'
import type { RouteNote } from '../base/route-note.ts'
import { errorUrl } from '../manual/error-page.ts'
import { answerRoute, checkCaller } from './answer-route.ts'
import { answerApart } from './apart-call.ts'
import type { Call, Caller, GraphOptions, Reply } from './call.ts'
import { createDocuments } from './documents.ts'
import { holdBody } from './held-body.ts'
import { type ApiPath, parseApiPath } from './path.ts'
import {
  asRefusal,
  betaOnly,
  errorBody,
  methodNotAllowed,
  noSuchPath,
  notFound,
  type Refusal,
  unauthenticated,
} from './refusal.ts'
import { routes } from './routes.ts'
import { answerCost, baseCost, costOf } from './throttle.ts'

/** What the caller brought, checked, for the route that answers. */
interface Bindings {
  readonly path: ApiPath
  readonly caller: Caller
  readonly dispatch: Call['dispatch']
  readonly findCaller: FindCaller
  readonly note: RouteNote | undefined
}

/** Who asks; throws the Refusal for whoever is nobody. */
export type FindCaller = () => Promise<Caller>

interface Ids {
  readonly requestId: string
  readonly clientRequestId: string
}

/**
 * The management API in the shape of Microsoft Graph (docs/api.md): one Request in, one Response out. Never throws;
 * failures are answered in Graph's error envelope. [G1]
 */
export interface GraphApi {
  /** For whoever brings a bearer token; `note` is told which row answers. */
  fetch(request: Request, note?: RouteNote): Promise<Response>
  /** For a caller who is known already; asked for again while an answer lasts. */
  fetchAs(findCaller: FindCaller, request: Request, note?: RouteNote): Promise<Response>
}

export function createGraph(options: GraphOptions): GraphApi {
  const app = mount(options)
  const readDocument = createDocuments(options.baseUrl)
  const respond = async (
    request: Request,
    findCaller: FindCaller,
    note?: RouteNote,
  ): Promise<Response> => {
    const ids = readIds(request)
    try {
      const document = readDocument(request)
      if (document) return dress(document, ids)
      const caller = await findCaller()
      options.throttle.take(caller.name, baseCost)
      const url = new URL(request.url)
      const path = parseApiPath(url.pathname)
      if (!path) throw notFound(url.pathname)
      const dispatch = (other: Request) => respond(other, findCaller)
      const bindings = { path, caller, dispatch, findCaller, note }
      return dress(await app.fetch(request, bindings), ids)
    } catch (thrown) {
      return dress(refuse(thrown, request, ids, options), ids)
    }
  }
  return {
    fetch: (request, note) => respond(request, () => authenticate(request, options), note),
    fetchAs: (findCaller, request, note) => respond(request, findCaller, note),
  }
}

function mount(options: GraphOptions): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>({
    getPath: (_request, { env } = {}) => (env as Bindings).path.path,
  })
  for (const route of routes) {
    app.on(route.method, route.path.toLowerCase(), async (context) => {
      const { path, caller, note } = context.env
      if (note) note.route = `/${path.version}${route.path}`
      const request = context.req.raw
      const serves = route.versions ?? 'both'
      if (serves === 'beta' && path.version !== 'beta') throw betaOnly(path.path)
      options.throttle.take(caller.name, costOf(route) - baseCost)
      if (path.isCount && !route.options?.includes('count')) throw notFound(`${path.path}/$count`)
      checkCaller(caller, route)
      const held = await holdBody(request, route, caller, options.throttle)
      const asked = { ...context.env, request: held, keys: context.req.param() }
      const { workshop } = options
      const reply =
        route.apart && workshop
          ? await answerApart(workshop, asked, route, options.baseUrl)
          : await answerRoute(asked, route, options)
      // Nobody reads what lasts, and so nobody would end it.
      if (request.method === 'HEAD' && reply.stream) {
        await reply.stream.cancel()
        const { stream: _, ...head } = reply
        return send(head)
      }
      return send(reply, (length) => options.throttle.charge(caller.name, answerCost(length)))
    })
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = methodsAt(path)
    app.all(path.toLowerCase(), (context) => {
      if (context.req.method !== 'OPTIONS') throw methodNotAllowed(allow)
      return send({ status: 204, headers: { allow: allow.join(', ') } })
    })
  }
  app.notFound((context) => {
    throw noSuchPath(context.env.path.path)
  })
  // Everything thrown goes on to the one place that answers it.
  app.onError((error) => {
    throw error
  })
  return app
}

function methodsAt(path: string): readonly string[] {
  const methods = routes.filter((route) => route.path === path).map((route) => route.method)
  return methods.flatMap((method) => (method === 'GET' ? [method, 'HEAD'] : [method]))
}

// RFC 6750 §2.1: the scheme in any case, one b64token.
const bearerPattern = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i

async function authenticate(request: Request, options: GraphOptions): Promise<Caller> {
  const field = request.headers.get('authorization')
  if (!field) throw unauthenticated('Access token is empty.')
  const token = bearerPattern.exec(field)?.[1]
  if (token === undefined) {
    throw unauthenticated('The Authorization header holds no bearer token.', 'invalid_request')
  }
  const caller = await options.authorize(token, request)
  if (!caller) throw unauthenticated('Access token has expired or is not valid.', 'invalid_token')
  return caller
}

// Echoed and logged, so nothing but harmless characters and a GUID's length or a little more.
const clientRequestIdPattern = /^[A-Za-z0-9_.-]{1,64}$/

function readIds(request: Request): Ids {
  const requestId = randomUUID()
  const given = request.headers.get('client-request-id') ?? ''
  return { requestId, clientRequestId: clientRequestIdPattern.test(given) ? given : requestId }
}

const jsonType =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

function send(reply: Reply, onLength: (characters: number) => void = () => {}): Response {
  const headers = new Headers(reply.headers)
  if (reply.text !== undefined) {
    headers.set('content-type', 'text/plain;charset=utf-8')
    return new Response(reply.text, { status: reply.status, headers })
  }
  if (reply.stream) return new Response(reply.stream, { status: reply.status, headers })
  if (reply.body === undefined && !reply.json)
    return new Response(null, { status: reply.status, headers })
  headers.set('content-type', jsonType)
  if (reply.json) {
    onLength(reply.json.byteLength)
    return new Response(reply.json, { status: reply.status, headers })
  }
  const text = JSON.stringify(reply.body)
  onLength(text.length)
  return new Response(text, { status: reply.status, headers })
}

function refuse(thrown: unknown, request: Request, ids: Ids, options: GraphOptions): Response {
  const refusal: Refusal = asRefusal(thrown)
  const at = options.clock()
  const fields = { ...ids, method: request.method, status: refusal.status, code: refusal.code }
  if (refusal.status >= 500) {
    options.log.error({ ...fields, error: asFault(refusal.cause) }, 'management request failed')
  } else {
    options.log.debug(fields, 'management request refused')
  }
  return send({
    status: refusal.status,
    headers: refusal.headers,
    body: errorBody(refusal, ids, at, helpUrlOf(refusal, options)),
  })
}

/** The page about the finest code that there is. */
function helpUrlOf(refusal: Refusal, { loginOrigin }: GraphOptions): string | undefined {
  if (loginOrigin === undefined) return undefined
  return errorUrl(loginOrigin, [refusal.innerCode, refusal.issues[0]?.code, refusal.code])
}

// The answers of one administrator are nobody else's, and are never a page.
function dress(response: Response, ids: Ids): Response {
  const { headers } = response
  headers.set('request-id', ids.requestId)
  headers.set('client-request-id', ids.clientRequestId)
  headers.set('odata-version', '4.0')
  headers.set('cache-control', 'no-store')
  headers.set('x-content-type-options', 'nosniff')
  return response
}
