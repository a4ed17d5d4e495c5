import {
  answered,
  passed,
  refused,
  skipped,
  type TrailDetails,
  type TrailStep,
  type TrailStepName,
  type TrailSubject,
  trailSteps,
} from '../base/trail.ts'
import { toInternal } from '../publishing/route-table.ts'
import type { RequestFacts } from './request-facts.ts'

/** The decisions about a request, in words. [G5] */
export function trailOf(facts: RequestFacts): readonly TrailStep[] {
  const last = trailSteps.indexOf(facts.step)
  const reached = trailSteps.slice(0, last + 1).filter((step) => step !== 'answer')
  const steps = reached.flatMap((step) => {
    const written = writers[step](facts)
    return written === undefined ? [] : [timed(facts, endHere(facts, step, written))]
  })
  const answer = answerStep(facts)
  return answer === undefined ? steps : [...steps, answer]
}

type Writer = (facts: RequestFacts) => TrailStep | undefined

/** A step as it is when the request passed it. */
const writers: Readonly<Record<TrailStepName, Writer>> = {
  listen: ({ http2, scheme }) =>
    passed(
      'listen',
      `It came over ${http2 ? 'HTTP/2' : 'HTTP/1.1'} ${scheme === 'https' ? 'with' : 'without'} TLS.`,
    ),
  resolve: resolveStep,
  cors: corsStep,
  maintenance: () => passed('maintenance', 'The application is open.'),
  authenticate: authenticateStep,
  assign: assignStep,
  policy: policyStep,
  webSocket: webSocketStep,
  forward: forwardStep,
  answer: () => undefined,
}

/** What becomes of the last step of a request that the edge itself answered. */
function endHere(facts: RequestFacts, step: TrailStepName, written: TrailStep): TrailStep {
  if (step !== facts.step) return written
  const subject = facts.policy && step === 'policy' ? policyOf(facts.policy) : written.subject
  const details: TrailDetails = subject === undefined ? {} : { subject }
  if (facts.code !== undefined) {
    return refused(step, facts.code, refusalReason(facts, step, written.reason), details)
  }
  if (step === 'authenticate' && facts.notAdmitted !== undefined) {
    return answered(step, `${written.reason} The person is sent to sign in.`, details)
  }
  if (step === 'policy' && facts.policy !== undefined) {
    const reason = `The policy “${facts.policy.displayName}” asks for another sign-in.`
    return answered(step, reason, details)
  }
  return written
}

/** The sentence of the error page, with what administrators want to know beyond it. */
function refusalReason(facts: RequestFacts, step: TrailStepName, reason: string): string {
  const { sentence = '', detail, notAdmitted } = facts
  const isTold = step === 'forward' || (step === 'authenticate' && notAdmitted !== undefined)
  const noted = detail === undefined ? '' : ` (${detail})`
  return `${isTold ? `${reason} ` : ''}${sentence}${noted}`
}

const resolveReasons = {
  regular: 'The host and the path belong to this application.',
  wildcard: 'The host is below the wildcard of this application.',
  complex: 'The host and the path belong to a segment of this application.',
} as const

function resolveStep({ route, applicationId }: RequestFacts): TrailStep | undefined {
  if (!route) {
    if (applicationId === undefined) return passed('resolve', 'Nothing is published here.')
    const subject = { kind: 'application', id: applicationId } as const
    return passed('resolve', 'One of the pages of the edge itself, below /.sallyport/.', {
      subject,
    })
  }
  const { application, segmentId, kind, external, via } = route
  const { displayName } = application
  const alternate = via === 'alternate' ? ' It came to the alternate URL.' : ''
  const reason = `${resolveReasons[kind]}${alternate}`
  const subject: TrailSubject =
    segmentId === undefined
      ? { kind: 'application', id: application.id, displayName }
      : { kind: 'segment', id: segmentId, displayName: `${external.origin}${external.pathPrefix}` }
  return passed('resolve', reason, { subject })
}

function corsStep(facts: RequestFacts): TrailStep {
  const { origin = '', corsRule, corsCode, corsReason, corsOutcome, kind } = facts
  const subject: TrailDetails =
    (corsRule && {
      subject: { kind: 'corsConfiguration', id: corsRule.id, displayName: corsRule.resource },
    }) ||
    {}
  if (corsOutcome === 'notAsked') return skipped('cors', 'It names no Origin.')
  if (corsOutcome === 'own') return skipped('cors', `The page is of the same origin, ${origin}.`)
  if (corsOutcome === 'silent') {
    const reason = `No rule covers it: what the application says to ${origin} counts.`
    return skipped('cors', reason)
  }
  if (corsOutcome === 'refused') {
    const reason = `${corsReason} The request goes on, but no page of that origin can read the answer.`
    return passed('cors', reason, { ...subject, code: `cors-${corsCode}` })
  }
  const by = corsRule ? `The rule for ${corsRule.resource}` : 'The application itself'
  if (kind !== 'preflight') return passed('cors', `${by} lets ${origin} call.`, subject)
  return answered(
    'cors',
    `${by} lets ${origin} make the call that the preflight asks for.`,
    subject,
  )
}

const sessionReasons: Readonly<Record<string, string>> = {
  'no-cookie': 'It carries no session cookie.',
  'several-cookies': 'It carries several session cookies.',
  'bad-cookie': 'Its session cookie was not made for this host.',
  'other-application': 'Its session belongs to another application.',
  expired: 'Its session has expired.',
  ended: 'Its session has ended.',
  unverified: 'Its session has to be renewed, and the identity provider does not answer.',
}

function authenticateStep(facts: RequestFacts): TrailStep {
  if (!facts.preAuthentication) {
    return skipped('authenticate', 'Passthrough: nobody has to sign in.')
  }
  const { notAdmitted, byToken } = facts
  if (facts.userId === undefined) {
    const reason = sessionReasons[notAdmitted ?? ''] ?? `Nobody is signed in (${notAdmitted}).`
    return passed('authenticate', reason)
  }
  const by = byToken ? 'An access token' : 'A session'
  return passed('authenticate', `${by} of ${whoOf(facts)}.`, { subject: personOf(facts) })
}

// Where nobody has to sign in, nobody is assigned and no policy asked.
function assignStep(facts: RequestFacts): TrailStep | undefined {
  if (facts.userId === undefined) return undefined
  const subject = personOf(facts)
  return passed('assign', `${whoOf(facts)} may use the application.`, { subject })
}

function policyStep({ policies, userId }: RequestFacts): TrailStep | undefined {
  if (userId === undefined) return undefined
  if (policies === 0) {
    return skipped('policy', 'No conditional access policy is enforced at this application.')
  }
  const all =
    policies === 1 ? 'The one policy that is enforced' : `All ${policies} policies enforced`
  return passed('policy', `${all} at this application let it in.`)
}

function webSocketStep({ origin, kind }: RequestFacts): TrailStep | undefined {
  if (kind !== 'webSocket') return undefined
  return passed(
    'webSocket',
    origin === undefined
      ? 'Whoever opens the WebSocket is no page of a browser.'
      : `Pages of ${origin} may open a WebSocket here.`,
  )
}

function whoOf({ userPrincipalName, userId }: RequestFacts): string {
  return userPrincipalName || userId || 'somebody'
}

function personOf(facts: RequestFacts): TrailSubject {
  return { kind: 'person', id: facts.userId ?? '', displayName: whoOf(facts) }
}

function policyOf({ id, displayName }: { readonly id: string; readonly displayName: string }) {
  return { kind: 'conditionalAccessPolicy', id, displayName } as const
}

function forwardStep(facts: RequestFacts): TrailStep | undefined {
  const { route, star, connectorId, attempts, path } = facts
  if (!route) return undefined
  const { origin } = toInternal({ found: true, route, star }, path)
  if (connectorId === undefined) return passed('forward', `It is to go to ${origin}.`)
  const again = attempts > 1 ? `, the ${attempts}nd that was asked,` : ''
  const reason = isProcess(connectorId)
    ? `Sent to ${origin} through ${connectorId} of this edge, which holds the connector.`
    : `A connector${again} sent it to ${origin}.`
  return passed('forward', reason, {
    subject: isProcess(connectorId)
      ? { kind: 'internalUrl', id: origin }
      : { kind: 'connector', id: connectorId },
  })
}

/** Another process of the edge stands in for the connectors that it holds (run/peers.ts). */
function isProcess(connectorId: string): boolean {
  return connectorId.startsWith('worker ')
}

function answerStep(facts: RequestFacts): TrailStep | undefined {
  const { status, endedMs, headMs, clientLeft, code, sentence, attempts } = facts
  const tookMs = headMs > 0 && endedMs > 0 ? { tookMs: rounded(endedMs - headMs) } : {}
  if (clientLeft) {
    const when = status === 0 ? 'before an answer began' : 'before the answer was whole'
    return refused('answer', 'client-left', `The client left ${when}.`, tookMs)
  }
  if (status === 0) return code === undefined ? undefined : refused('answer', code, sentence ?? '')
  const isOwn = attempts === 0 || (code !== undefined && headMs === 0)
  if (isOwn) return answered('answer', `The edge answered ${status}.`, tookMs)
  if (code !== undefined) return refused('answer', code, sentence ?? '', tookMs)
  if (status === 101) {
    const state = endedMs > 0 ? 'was open' : 'is open'
    return answered('answer', `The application accepted the WebSocket, which ${state}.`, tookMs)
  }
  const soFar = endedMs > 0 ? '' : ', and its answer goes on'
  return answered('answer', `The application answered ${status}${soFar}.`, tookMs)
}

function timed(facts: RequestFacts, step: TrailStep): TrailStep {
  const tookMs = tookMsOf(facts, step.step)
  return tookMs === undefined ? step : { ...step, tookMs: rounded(tookMs) }
}

/** undefined where nobody measured: decisions that wait for nobody are made within microseconds. */
function tookMsOf(facts: RequestFacts, step: TrailStepName): number | undefined {
  const { startedMs, decidedMs, headMs, endedMs, marks } = facts
  const answeredMs = headMs || endedMs || performance.now()
  if (marks) {
    const at = marks.findIndex((mark) => mark.step === step)
    const begunMs = step === 'listen' ? startedMs : marks[at]?.atMs
    return begunMs === undefined ? undefined : (marks[at + 1]?.atMs ?? answeredMs) - begunMs
  }
  if (step === 'forward') return answeredMs - (decidedMs || startedMs)
  return step === 'authenticate' && decidedMs > 0 ? decidedMs - startedMs : undefined
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
