import type { RequestKindName } from '../base/request-record.ts'
import type { TrailStepName } from '../base/trail.ts'
import { type CorsRefusal, explainCorsRefusal, type RuleName } from '../cors/decide.ts'
import { clientAddress, type TrustedProxies } from '../http/forwarded.ts'
import type { PolicyName } from '../identity/access-gate.ts'
import type { Route } from '../publishing/route.ts'
import { keptText } from './kept-text.ts'
import type { Mark, Recording } from './recording.ts'
import type { EdgeRequest } from './request.ts'
import { isForeign } from './request-kind.ts'

/** What CORS came to, for one request. */
export type CorsOutcome = 'notAsked' | 'own' | 'silent' | 'allowed' | 'refused'

/**
 * What is remembered of one request. No field holds on to a message, a connection or a session: texts of the request are
 * copies, everything else belongs to a snapshot. Times are milliseconds of `performance.now()`; 0: never.
 */
export interface RequestFacts {
  id: string
  http2: boolean
  startedMs: number
  decidedMs: number
  headMs: number
  endedMs: number
  step: TrailStepName
  marks: readonly Mark[] | undefined
  method: string
  scheme: string
  host: string
  path: string
  hasQuery: boolean
  kind: RequestKindName
  origin: string | undefined
  corsOutcome: CorsOutcome
  corsRule: RuleName | undefined
  corsCode: CorsRefusal['code'] | undefined
  corsReason: string | undefined
  route: Route | undefined
  /** The label that stood for the star. */
  star: string | undefined
  applicationId: string | undefined
  applicationDisplayName: string | undefined
  preAuthentication: boolean
  userId: string | undefined
  userPrincipalName: string | undefined
  byToken: boolean
  notAdmitted: string | undefined
  policies: number
  policy: PolicyName | undefined
  connectorId: string | undefined
  attempts: number
  code: string | undefined
  sentence: string | undefined
  detail: string | undefined
  clientLeft: boolean
  status: number
  requestBytes: number
  responseBytes: number
  ipAddress: string
  userAgent: string
}

// Anybody may send any origin; real ones are shorter (RFC 1035 §2.3.4).
const originMaxLength = 300
// A sentence with a name or two in it.
const sentenceMaxLength = 400
/** A path that is longer is told by its beginning. */
export const pathMaxLength = 256
/** The facts of a request that is over, or under way. */
export function factsOf(recording: Recording, proxies: TrustedProxies | undefined): RequestFacts {
  const facts = emptyFacts()
  keepFacts(facts, recording, proxies)
  facts.id = recording.request.id
  facts.path = pathOf(recording.request)
  return facts
}

/** The path as it is remembered. */
export function pathOf({ target }: EdgeRequest): string {
  const { path } = target
  return path.length > pathMaxLength ? `${path.slice(0, pathMaxLength)}…` : path
}

/** A place to be filled. */
export function emptyFacts(): RequestFacts {
  return {
    id: '',
    http2: false,
    // Numbers with a fraction from the beginning: V8 would otherwise lay the object out twice.
    startedMs: 0.1,
    decidedMs: 0.1,
    headMs: 0.1,
    endedMs: 0.1,
    step: 'listen',
    marks: undefined,
    method: '',
    scheme: '',
    host: '',
    path: '',
    hasQuery: false,
    kind: 'other',
    origin: undefined,
    corsOutcome: 'notAsked',
    corsRule: undefined,
    corsCode: undefined,
    corsReason: undefined,
    route: undefined,
    star: undefined,
    applicationId: undefined,
    applicationDisplayName: undefined,
    preAuthentication: false,
    userId: undefined,
    userPrincipalName: undefined,
    byToken: false,
    notAdmitted: undefined,
    policies: 0,
    policy: undefined,
    connectorId: undefined,
    attempts: 0,
    code: undefined,
    sentence: undefined,
    detail: undefined,
    clientLeft: false,
    status: 0,
    requestBytes: 0,
    responseBytes: 0,
    ipAddress: '',
    userAgent: '',
  }
}

/** Writes everything but id and path into `facts`, whatever stood there. */
export function keepFacts(
  facts: RequestFacts,
  recording: Recording,
  proxies: TrustedProxies | undefined,
): void {
  const { request, application, session, refused } = recording
  facts.http2 = recording.http2
  facts.startedMs = recording.startedMs
  facts.decidedMs = recording.decidedMs
  facts.headMs = recording.headMs
  facts.endedMs = recording.endedMs
  facts.step = recording.step
  facts.marks = recording.marks
  facts.method = recording.method
  facts.scheme = request.scheme
  facts.host = hostOf(request)
  facts.hasQuery = request.target.query !== ''
  keepOrigin(facts, recording)
  facts.route = recording.found?.route
  facts.star = recording.found?.star
  facts.applicationId = application?.id
  facts.applicationDisplayName = application?.displayName
  facts.preAuthentication = application?.preAuthentication === true
  facts.userId = session?.personId
  facts.userPrincipalName = session?.userPrincipalName
  facts.byToken = recording.byToken
  facts.notAdmitted = recording.notAdmitted
  facts.policies = recording.policies
  facts.policy = recording.policy
  facts.connectorId = recording.connectorId
  facts.attempts = recording.attempts
  facts.code = refused?.code
  facts.sentence = refused && keptText(refused.sentence, sentenceMaxLength)
  facts.detail = recording.detail && keptText(recording.detail, sentenceMaxLength)
  facts.clientLeft = recording.clientLeft
  facts.status = recording.status
  facts.requestBytes = recording.requestBytes
  facts.responseBytes = recording.responseBytes
  facts.ipAddress =
    proxies === undefined
      ? request.peer
      : keptText(clientAddress(request.peer, request.headers, proxies), originMaxLength)
  facts.userAgent = recording.userAgent
}

/** As a browser writes it: without the default port. The authority is remembered, so this is no piece of a message. */
function hostOf({ scheme, authority }: EdgeRequest): string {
  const isDefault = authority.port === (scheme === 'https' ? 443 : 80)
  return isDefault ? authority.host : authority.hostAndPort
}

function keepOrigin(facts: RequestFacts, recording: Recording): void {
  const { request, cors } = recording
  const { origin } = request.fields
  facts.origin = origin === undefined ? undefined : keptText(origin, originMaxLength)
  facts.kind = recording.kind
  facts.corsOutcome = corsOutcomeOf(recording)
  facts.corsRule = undefined
  facts.corsCode = undefined
  facts.corsReason = undefined
  if (cors === undefined || origin === undefined || cors.kind === 'none') return
  if (cors.allowed) facts.corsRule = cors.grant.rule
  else {
    const { because } = cors
    facts.corsCode = because.code
    facts.corsReason = keptText(explainCorsRefusal(because), sentenceMaxLength)
    facts.corsRule = 'rule' in because ? because.rule : undefined
  }
}

/** What CORS came to. */
export function corsOutcomeOf({ request, cors }: Recording): CorsOutcome {
  if (cors === undefined || request.fields.origin === undefined) return 'notAsked'
  if (cors.kind === 'none') return isForeign(request) ? 'silent' : 'own'
  return cors.allowed ? 'allowed' : 'refused'
}
