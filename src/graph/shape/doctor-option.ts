import { type Change, changedApplication } from '../../doctor/change.ts'
import type { Option } from '../../doctor/option.ts'
import type { DoctorParts } from '../../doctor/page-call.ts'
import type { Application } from '../../publishing/application.ts'
import { userRoleId } from '../../publishing/registration.ts'
import type { CorsRuleInput, PublishingInput, SegmentInput } from '../../publishing/validate.ts'
import { type Difference, differences } from './difference.ts'
import { toGraphPublishing } from './publishing.ts'

/** A call of this API that makes a change. */
export interface GraphChange {
  readonly method: 'POST' | 'PATCH'
  /** With the version, without the host. */
  readonly path: string
  readonly body: object
  /** One sentence, fit for X-Change-Reason. */
  readonly summary: string
}

/** One option, as JSON. */
export function toGraphOption(option: Option, parts: DoctorParts) {
  const { id, title, effort, explanation, change } = option
  return {
    id,
    seedOption: option.seedOption ?? null,
    title,
    effort,
    explanation,
    change: change ? toGraphChange(change, parts, title) : null,
    diff: change ? diffOf(change, parts) : [],
    manual: option.manual ?? null,
    retry: option.retry ?? null,
  }
}

const web = 'segmentsConfiguration/microsoft.graph.webSegmentConfiguration'

/** The call that makes the change; `title` says what it does. */
export function toGraphChange(change: Change, parts: DoctorParts, title: string): GraphChange {
  const summary = asHeaderValue(title)
  const published = `/beta/applications/${change.applicationId}/onPremisesPublishing`
  const segments = `${published}/${web}/applicationSegments`
  const patch = (path: string, body: object) => ({ method: 'PATCH', path, body, summary }) as const
  const post = (path: string, body: object) => ({ method: 'POST', path, body, summary }) as const
  if (change.kind === 'edit-publishing') return patch(published, toGraphSettings(change.set))
  if (change.kind === 'edit-segment') {
    return patch(`${segments}/${change.segmentId}`, toGraphSegmentInput(change.set))
  }
  if (change.kind === 'add-segment') return post(segments, toGraphSegmentInput(change.segment))
  const resourceId = principalOf(change.applicationId, parts)
  const principal = `/beta/servicePrincipals/${resourceId}`
  if (change.kind === 'enable') return patch(principal, { accountEnabled: true })
  if (change.kind === 'assign') {
    const body = { principalId: change.personId, resourceId, appRoleId: userRoleId }
    return post(`${principal}/appRoleAssignedTo`, body)
  }
  const { segmentId } = change
  const place = segmentId === undefined ? published : `${segments}/${segmentId}`
  return change.kind === 'add-rule'
    ? post(`${place}/corsConfigurations`, toGraphRuleInput(change.rule))
    : patch(`${place}/corsConfigurations/${change.ruleId}`, toGraphRuleInput(change.set))
}

// A field's value is ASCII (RFC 9110 §5.5), and names of applications need not be.
function asHeaderValue(text: string): string {
  return text.replace(/[“”]/g, '"').replace(/[^\x20-\x7e]/g, '?')
}

function principalOf(applicationId: string, { applications }: DoctorParts): string {
  return applications.find(({ id }) => id === applicationId)?.servicePrincipalId ?? ''
}

/** What the doctor sets of a publishing; names that it never sets are not in it. */
function toGraphSettings(set: PublishingInput): object {
  const { responseHeaders, maintenance, sessionLifetimeSeconds, translateLinksInBody } = set
  return defined({
    externalUrl: set.externalUrl,
    internalUrl: set.internalUrl,
    allowSiblingSegments: set.allowSiblingSegments,
    responseHeaderRules: responseHeaders,
    isInMaintenance: maintenance,
    sessionLifetimeInSeconds: sessionLifetimeSeconds,
    isTranslateLinksInBodyEnabled: translateLinksInBody,
    corsConfigurations: set.corsRules?.map(toGraphRuleInput),
  })
}

function toGraphSegmentInput(set: SegmentInput): object {
  return defined({
    externalUrl: set.externalUrl,
    internalUrl: set.internalUrl,
    responseHeaderRules: set.responseHeaders,
    corsConfigurations: set.corsRules?.map(toGraphRuleInput),
  })
}

// Rules as somebody writes them have Graph's names already.
function toGraphRuleInput(rule: CorsRuleInput): object {
  return defined({ ...rule })
}

function defined(body: object): object {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}

/** What the change changes, field by field. */
function diffOf(change: Change, parts: DoctorParts): readonly Difference[] {
  const { applications } = parts
  if (change.kind === 'assign') {
    return differences({}, { appRoleAssignedTo: [{ principalId: change.personId }] })
  }
  const before = applications.find(({ id }) => id === change.applicationId)
  const after = changedApplication(parts, change, applications)
  return before && after ? differences(documentOf(before), documentOf(after)) : []
}

function documentOf(application: Application): object {
  const { registration, publishing } = application
  if (!publishing) return { accountEnabled: registration.enabled }
  // The two shapes of segments say the same twice.
  const { onPremisesApplicationSegments: _, ...document } = toGraphPublishing(publishing)
  return { accountEnabled: registration.enabled, onPremisesPublishing: document }
}
