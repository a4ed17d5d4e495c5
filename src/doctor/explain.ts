import {
  answered,
  passed,
  refused,
  skipped,
  type TrailStep,
  type TrailSubject,
} from '../base/trail.ts'
import {
  type CorsDecision,
  type CorsRequest,
  decideCors,
  decideTrial,
  explainCorsRefusal,
} from '../cors/decide.ts'
import { preflightHeaders } from '../cors/dress.ts'
import { foreignSocketOrigin } from '../cors/web-socket.ts'
import type { RawHeaders } from '../http/headers.ts'
import { ownPathPrefix } from '../identity/sign-in/landing.ts'
import { authorize } from '../policy/access.ts'
import { dressAnswer } from '../publishing/dress-answer.ts'
import { resolveTarget } from '../publishing/resolve-target.ts'
import { type Found, guardedAt, type Route, toInternal } from '../publishing/route-table.ts'
import type { Problem } from '../refusal/problem.ts'
import {
  closed,
  foreignWebSocket,
  malformedRequest,
  notAssigned,
  preflightRefused,
  unresolved,
} from '../refusal/refusals.ts'
import { type EdgeParts, type Ending, refusal } from './ending.ts'
import { admit, judgeByPolicy } from './entrance.ts'
import { fieldOf, type ImaginedRequest, type ReadRequest, readRequest } from './request.ts'
import { applicationSubject, ruleSubject, segmentSubject } from './subject.ts'

/** What the edge would do with a request, and why, step by step. */
export interface Explanation {
  readonly asked: ImaginedRequest
  readonly ending: Ending
  readonly steps: readonly TrailStep[]
  readonly found: Found | undefined
  readonly cors: CorsDecision
}

/**
 * Runs a request that somebody thinks up through the edge's own decisions, in the edge's own order. Pure; nothing is
 * sent, counted or logged. [D1]
 */
export function explain(parts: EdgeParts, asked: ImaginedRequest): Explanation {
  const walk: Walk = { found: undefined, cors: { kind: 'none', varyOrigin: false } }
  const steps: TrailStep[] = []
  const walking = walkThrough(parts, asked, walk)
  for (;;) {
    const next = walking.next()
    if (next.done) return { asked, ending: next.value, steps, ...walk }
    steps.push(next.value)
  }
}

interface Walk {
  found: Found | undefined
  cors: CorsDecision
}

type Steps<End = Ending> = Generator<TrailStep, End>

function* walkThrough(parts: EdgeParts, asked: ImaginedRequest, walk: Walk): Steps {
  const request = readRequest(asked)
  if ('because' in request) {
    const problem = malformedRequest(request)
    yield refused('listen', problem.code, problem.sentence)
    return refusal(problem)
  }
  yield passed(
    'listen',
    'The edge understands the request, and every other server would read it alike.',
  )
  const found = yield* resolve(parts, request)
  if ('ending' in found) return found.ending
  walk.found = found
  const { route } = found
  walk.cors = decideCors(route.cors, corsRequest(request))
  const preflight = yield* decideCrossOrigin(request, route, walk.cors)
  if (preflight) return preflight
  return yield* enter(parts, request, found, (problem) => dressed(problem, route, walk.cors))
}

function* resolve(
  { routes, ownOrigins }: EdgeParts,
  { scheme, authority, target, ownOrigin }: ReadRequest,
): Steps<Found | { readonly ending: Ending }> {
  const { host, port } = authority
  if (ownOrigins.has(ownOrigin)) {
    yield answered('resolve', 'The edge answers itself: the host is one of its own.')
    return { ending: { kind: 'own-page' } }
  }
  if (target.canonicalPath.startsWith(ownPathPrefix)) {
    const [guarded] = guardedAt(routes, scheme, host, port)
    if (guarded) {
      const reason = 'The edge answers itself: its sign-in has its pages below this path.'
      yield answered('resolve', reason, { subject: applicationSubject(guarded) })
      return { ending: { kind: 'own-page' } }
    }
  }
  const found = resolveTarget(routes, { scheme, host, port }, target)
  if (!found.found) {
    const problem = unresolved(found.because)
    yield refused('resolve', problem.code, sentences[found.because])
    return { ending: refusal(problem) }
  }
  const { application } = found.route
  const via = found.route.via === 'alternate' ? 'the alternate URL of ' : ''
  const reason = `The address is ${via}“${application.displayName}”.`
  yield passed('resolve', reason, { subject: segmentSubject(found.route) })
  return found
}

const sentences = {
  'unknown-host': 'No application is published on this host and port.',
  'unknown-path': 'Applications are published on this host, but none on this path.',
  'segment-not-listed':
    'The host lies under the star of a complex application, but is none of its segments.',
  'no-segments': 'The complex application has no segments and is closed without them.',
  'ambiguous-path': 'Another server could read the path as one of another application.',
  'ambiguous-escapes': 'With its escapes undone the path belongs to another application.',
} as const

/** The request as the CORS rules see it. */
function corsRequest(request: ReadRequest): CorsRequest {
  const origin = fieldOf(request, 'origin')
  return {
    method: request.asked.method,
    path: request.target.canonicalPath,
    origin,
    ownOrigin: origin === undefined ? undefined : request.ownOrigin,
    requestMethod: fieldOf(request, 'access-control-request-method'),
    requestHeaders: fieldOf(request, 'access-control-request-headers'),
  }
}

/** Ends with the answer to a preflight, which the edge gives itself. [C3] */
function* decideCrossOrigin(
  request: ReadRequest,
  route: Route,
  cors: CorsDecision,
): Steps<Ending | undefined> {
  const asked = corsRequest(request)
  if (cors.kind === 'none') {
    yield corsSkipped(asked, route)
    return undefined
  }
  const dry = decideTrial(route.cors, asked)
  const dryRun = dry ? ` A rule in dry run would refuse it: ${explainCorsRefusal(dry)}` : ''
  if (cors.kind === 'preflight' && !cors.allowed) {
    const problem = preflightRefused(cors.because)
    yield refused('cors', problem.code, problem.sentence, ruleDetails(cors, route))
    return refusal(problem)
  }
  if (cors.kind === 'preflight') {
    const headers = [...preflightHeaders(cors.grant), 'Cache-Control', 'no-store']
    const reason = `The edge answers the preflight itself and allows the call.${dryRun}`
    yield answered('cors', reason, ruleDetails(cors, route))
    return { kind: 'answered', status: 204, code: undefined, headers }
  }
  const reason = cors.allowed
    ? 'The page may read the answer: it gets the CORS headers of the edge.'
    : `${explainCorsRefusal(cors.because)} The answer gets no CORS headers, so no page can read it.`
  const code = cors.allowed ? {} : { code: `cors-${cors.because.code}` }
  yield passed('cors', reason + dryRun, { ...ruleDetails(cors, route), ...code })
  return undefined
}

function corsSkipped({ origin, ownOrigin }: CorsRequest, route: Route): TrailStep {
  if (origin === undefined) return skipped('cors', 'The request names no origin.')
  if (origin === ownOrigin || route.cors.scope.ownOrigins.includes(origin)) {
    return skipped('cors', 'The page is of the same origin.')
  }
  return skipped('cors', 'No CORS rule covers this path: the application’s own headers count.')
}

function ruleDetails(cors: CorsDecision, route: Route): { readonly subject: TrailSubject } {
  const rule = ruleOf(cors)
  return { subject: rule ? ruleSubject(rule) : segmentSubject(route) }
}

/** The rule that decided, if one did. */
function ruleOf(cors: CorsDecision) {
  if (cors.kind === 'none') return undefined
  if (cors.allowed) return cors.grant.rule
  return 'rule' in cors.because ? cors.because.rule : undefined
}

type Dress = (problem: Problem) => Ending

/** From here on every answer is dressed, so that a script can read why its call failed. [C9] */
function* enter(parts: EdgeParts, request: ReadRequest, found: Found, dress: Dress): Steps {
  const { application } = found.route
  const shut = closed(application)
  if (shut) {
    yield refused('maintenance', shut.code, shut.sentence, {
      subject: applicationSubject(application),
    })
    return dress(shut)
  }
  yield passed('maintenance', 'The application is switched on and not under maintenance.')
  if (application.preAuthentication) {
    const ending = yield* guard(parts, request, found.route, dress)
    if (ending) return ending
  } else {
    yield skipped('authenticate', 'Passthrough: nobody has to sign in.')
    if (request.asked.mode === 'webSocket') {
      yield passed('webSocket', 'The application itself judges which pages may open WebSockets.')
    }
  }
  const { origin, path } = toInternal(found, request.target.path)
  const internalUrl = origin + path + request.target.query
  const reason = 'The request goes to the application through a connector of its group.'
  yield passed('forward', reason, { subject: { kind: 'internalUrl', id: internalUrl } })
  return { kind: 'forwarded', internalUrl }
}

function* guard(
  parts: EdgeParts,
  request: ReadRequest,
  route: Route,
  dress: Dress,
): Steps<Ending | undefined> {
  const { application } = route
  const admitted = admit(request, application)
  yield admitted.step
  if ('problem' in admitted) return dress(admitted.problem)
  if ('ending' in admitted) return admitted.ending
  const { visitor } = request.asked
  if (visitor.kind !== 'person') {
    yield skipped('assign', 'Taken for granted: whoever is signed in is assigned.')
    yield skipped('policy', 'Taken for granted: the policies let this person in.')
  } else {
    if (!authorize(parts.access, application.id, visitor.id).allowed) {
      const problem = notAssigned(application.displayName, visitor.userPrincipalName)
      const subject = applicationSubject(application)
      yield refused('assign', problem.code, problem.sentence, { subject })
      return dress(problem)
    }
    yield passed('assign', assignedReason(parts, application.id))
    const judged = judgeByPolicy(parts, request, application, admitted.byToken)
    yield judged.step
    if ('problem' in judged) return dress(judged.problem)
    if ('ending' in judged) return judged.ending
  }
  return yield* guardSocket(request, route, dress)
}

function assignedReason({ access }: EdgeParts, applicationId: string): string {
  return access.openToAll.has(applicationId)
    ? 'Everybody who can sign in may enter this application.'
    : 'The person is assigned to the application.'
}

function* guardSocket(request: ReadRequest, route: Route, dress: Dress): Steps<Ending | undefined> {
  if (request.asked.mode !== 'webSocket') {
    yield skipped('webSocket', 'The request asks for no WebSocket.')
    return undefined
  }
  const foreign = foreignSocketOrigin(route.cors, corsRequest(request), route.application.origins)
  if (foreign === undefined) {
    yield passed('webSocket', 'Pages of this origin may open WebSockets here.')
    return undefined
  }
  const problem = foreignWebSocket(foreign)
  yield refused('webSocket', problem.code, problem.sentence, { subject: segmentSubject(route) })
  return dress(problem)
}

function dressed(problem: Problem, route: Route, cors: CorsDecision): Ending {
  const headers: RawHeaders = dressAnswer(problem.headers ?? [], route.responseHeaders, cors)
  return { ...refusal(problem), headers }
}
