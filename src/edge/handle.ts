import { asFault } from '../base/fault.ts'
import { type CorsDecision, type CorsRequest, decideCors, decideTrial } from '../cors/decide.ts'
import { preflightHeaders } from '../cors/dress.ts'
import { foreignSocketOrigin } from '../cors/web-socket.ts'
import type { Answer } from '../http/answer.ts'
import { bearerToken } from '../http/bearer.ts'
import type { SessionRefusal, Verdict } from '../identity/session/sessions.ts'
import type { Session } from '../identity/session.ts'
import { authorize } from '../policy/access.ts'
import type { ResponseHeaderRule } from '../publishing/application.ts'
import { dressAnswer } from '../publishing/dress-answer.ts'
import type { Route } from '../publishing/route-table.ts'
import type { Problem } from '../refusal/problem.ts'
import {
  blockedByPolicy,
  closed,
  foreignWebSocket,
  notAssigned,
  outOfMemory,
  preflightRefused,
} from '../refusal/refusals.ts'
import {
  isMeantForEdge,
  tokenChallenge,
  tokenNotEnough,
  tokenRefused,
} from '../refusal/token-refusals.ts'
import { faultProblem, problemAnswer } from './answer.ts'
import { answerAtSite } from './answer-at-site.ts'
import { isByToken } from './bearer-tokens.ts'
import { challenge, refuseScript } from './challenge.ts'
import type { Edge, Snapshot } from './edge.ts'
import type { Admitted, Exchange } from './exchange.ts'
import { mayReturnForm, resumeForm } from './kept-form.ts'
import { keysAnswer, keysPath } from './keys-answer.ts'
import { ownPage, ownPagesOf } from './own-page.ts'
import type { EdgeRequest } from './request.ts'
import { resolveRequest } from './resolve-request.ts'
import { webSocketProblem } from './web-socket.ts'

/** Every request takes this path, top to bottom. Never rejects: a failure is an answer. */
export async function handle(edge: Edge, exchange: Exchange): Promise<void> {
  const { request, recording } = exchange
  const { snapshot } = edge
  let cors: CorsDecision = { kind: 'none', varyOrigin: false }
  let rules: readonly ResponseHeaderRule[] = []
  try {
    recording.enter('resolve')
    const guarded = ownPagesOf(snapshot, request)
    recording.application = guarded[0]
    if (guarded.length > 0 && request.target.canonicalPath === keysPath) {
      return exchange.send(keysAnswer(edge.identityFields.publishedKeys()))
    }
    if (guarded.length > 0) return exchange.send(await ownPage(edge, guarded, exchange))

    const found = resolveRequest(snapshot.routes, request)
    if (!('route' in found)) return exchange.send(problemAnswer(request, found))
    const { route } = found
    recording.found = found
    recording.application = route.application

    recording.enter('cors')
    rules = route.responseHeaders
    const asked = corsRequest(request)
    cors = decideCors(route.cors, asked)
    recording.cors = cors
    countRefusals(edge, route, asked, cors)
    // Preflights carry no credentials, so they are answered before sign-in. [C3]
    if (cors.kind === 'preflight') return exchange.send(preflightAnswer(edge, request, cors))

    recording.enter('maintenance')
    const closed = closedFor(edge, route)
    if (closed) return exchange.send(dressed(problemAnswer(request, closed), route, cors))

    recording.enter('authenticate')
    const admitted = admit(edge, snapshot, route, exchange)
    const waits = admitted instanceof Promise
    const visitor = waits ? await admitted : admitted
    if (waits) recording.waited()
    // A refusal is dressed too: without CORS fields a script could not read why it failed. [C9]
    if ('status' in visitor) return exchange.send(dressed(visitor, route, cors))

    if (exchange.upgrades) recording.enter('webSocket')
    const strange = exchange.upgrades ? webSocketProblem(request) : undefined
    if (strange) return exchange.send(dressed(problemAnswer(request, strange), route, cors))

    const site = edge.sites.get(route.application.id)
    recording.atSite = site !== undefined
    if (site) return await answerAtSite(edge, site, found, exchange, visitor)

    const { session } = visitor
    if (!session || !mayReturnForm(route.application, request)) {
      return exchange.forward(edge, snapshot, found, cors, visitor)
    }
    const resumed = await resumeForm(edge, route.application, exchange, session)
    if ('status' in resumed) return exchange.send(dressed(resumed, route, cors))
    resumed.forward(edge, snapshot, found, cors, visitor)
  } catch (thrown) {
    const fault = asFault(thrown)
    edge.log.warn(
      { requestId: request.id, code: fault.code, error: fault.cause ?? fault.message },
      'request failed',
    )
    exchange.fail(problemAnswer(request, faultProblem(fault)), cors, rules)
  }
}

function corsRequest(request: EdgeRequest): CorsRequest {
  const { origin, requestMethod, requestHeaders } = request.fields
  return {
    method: request.method,
    path: request.target.canonicalPath,
    origin,
    ownOrigin: request.ownOrigin,
    requestMethod,
    requestHeaders,
  }
}

/** What the rules refused, and what those in dry run would have. [C13] [D3] */
function countRefusals(edge: Edge, route: Route, asked: CorsRequest, cors: CorsDecision): void {
  const { origin } = asked
  if (origin === undefined) return
  const because = cors.kind === 'none' || cors.allowed ? undefined : cors.because
  const dry = decideTrial(route.cors, asked)
  if (!because && !dry) return
  const method = asked.requestMethod ?? asked.method
  const { application, segmentId } = route
  const { requestHeaders } = asked
  const call = { applicationId: application.id, segmentId, origin, method, requestHeaders }
  if (because) edge.corsTally.count({ ...call, because, mode: 'enforce' })
  if (dry) edge.corsTally.count({ ...call, because: dry, mode: 'dryRun' })
}

/** Why nobody gets in at the moment. */
function closedFor(edge: Edge, { application }: Route): Problem | undefined {
  const problem = closed(application)
  if (problem) return problem
  return edge.overload.load === 'normal' ? undefined : outOfMemory()
}

function preflightAnswer(
  edge: Edge,
  request: EdgeRequest,
  decision: Extract<CorsDecision, { kind: 'preflight' }>,
): Answer {
  if (!decision.allowed) {
    const problem = preflightRefused(decision.because)
    const { id: requestId, authority } = request
    const facts = { requestId, host: authority.host, code: problem.code, reason: problem.sentence }
    edge.log.info(facts, 'a preflight was refused')
    return problemAnswer(request, problem)
  }
  const headers = [...preflightHeaders(decision.grant), 'Cache-Control', 'no-store']
  return { status: 204, headers, body: '' }
}

function dressed(answer: Answer, route: Route, cors: CorsDecision): Answer {
  return { ...answer, headers: dressAnswer(answer.headers, route.responseHeaders, cors) }
}

type Admission = Admitted | Answer

/** Who is asking, or the answer that sends them away; at once unless the store has to be asked. */
function admit(
  edge: Edge,
  snapshot: Snapshot,
  route: Route,
  exchange: Exchange,
): Admission | Promise<Admission> {
  const { application } = route
  const { request } = exchange
  if (!application.preAuthentication) return { session: undefined, byToken: false }
  const checked = edge.sessions.check(application, request.authority.host, request.fields.cookies)
  return checked instanceof Promise
    ? checked.then((verdict) => judge(edge, snapshot, route, exchange, verdict))
    : judge(edge, snapshot, route, exchange, checked)
}

function judge(
  edge: Edge,
  snapshot: Snapshot,
  route: Route,
  exchange: Exchange,
  verdict: Verdict,
): Admission | Promise<Admission> {
  const { request } = exchange
  if ('session' in verdict) return permit(edge, snapshot, route, exchange, verdict.session)
  exchange.recording.notAdmitted = verdict.refused
  const token = bearerToken(request.fields.authorization)
  return token === undefined
    ? challenge(edge, route, exchange, verdict.refused)
    : admitByToken(edge, snapshot, route, exchange, token, verdict.refused)
}

/** Without a session a bearer token is for the edge; with one it is the application's own affair. [S10] */
async function admitByToken(
  edge: Edge,
  snapshot: Snapshot,
  route: Route,
  exchange: Exchange,
  token: string,
  because: SessionRefusal,
): Promise<Admission> {
  const { application } = route
  const { request } = exchange
  const verdict = await edge.bearerTokens.check(token, application, snapshot)
  if ('session' in verdict) return permit(edge, snapshot, route, exchange, verdict.session)
  exchange.recording.notAdmitted = `token-${verdict.refused}`
  // Whoever comes with a cookie is a page: its session is over, and the token its own, for another than the edge.
  if (because === 'no-cookie' || isMeantForEdge(verdict.refused)) {
    return problemAnswer(request, tokenRefused(verdict.refused, application))
  }
  const answer = refuseScript(edge, application, request, because)
  return {
    ...answer,
    headers: [...answer.headers, ...tokenChallenge(verdict.refused, application)],
  }
}

function permit(
  edge: Edge,
  snapshot: Snapshot,
  route: Route,
  exchange: Exchange,
  session: Session,
): Admission | Promise<Admission> {
  const { application } = route
  const { request, recording } = exchange
  const byToken = isByToken(session)
  recording.session = session
  recording.byToken = byToken
  recording.enter('assign')
  const access = authorize(snapshot.access, application.id, session.personId)
  if (!access.allowed) {
    edge.journal.keptOut('not-assigned', application, session, request)
    return problemAnswer(request, notAssigned(application.displayName, session.userPrincipalName))
  }
  recording.enter('policy')
  const refused = refusedByPolicy(edge, snapshot, route, exchange, session)
  if (refused) return refused
  if (request.fields.upgrade !== undefined) recording.enter('webSocket')
  const foreign = foreignUpgrade(route, request)
  return foreign ? problemAnswer(request, foreignWebSocket(foreign)) : { session, byToken }
}

/** Conditional access: the answer that sends somebody away who is assigned. [S8] */
function refusedByPolicy(
  edge: Edge,
  snapshot: Snapshot,
  route: Route,
  exchange: Exchange,
  session: Session,
): Answer | Promise<Answer> | undefined {
  const { application } = route
  const { request, recording } = exchange
  const policies = snapshot.conditionalAccess.enforced.get(application.id)
  if (!policies) return undefined
  recording.policies = policies.policies.length
  const verdict = edge.accessJudge.judge(policies, application, session, request)
  if (verdict.allowed) return undefined
  const { because } = verdict
  recording.policy = because.policy
  edge.journal.keptOut(because.code, application, session, request)
  if (because.code === 'blocked-by-policy') {
    return problemAnswer(request, blockedByPolicy(because.policy, session.userPrincipalName))
  }
  const { code, demand } = because
  return isByToken(session)
    ? problemAnswer(request, tokenNotEnough(code, demand))
    : challenge(edge, route, exchange, code, demand)
}

/** The origin of a WebSocket that neither the application nor a rule knows. */
function foreignUpgrade(route: Route, request: EdgeRequest): string | undefined {
  if (request.fields.upgrade === undefined) return undefined
  return foreignSocketOrigin(route.cors, corsRequest(request), route.application.origins)
}
