import type { ResponseHeaderRule } from '../publishing/application.ts'
import type { Found } from '../publishing/route-table.ts'
import type { Change } from './change.ts'
import type { Hop } from './hops.ts'
import type { Option } from './option.ts'
import type { DoctorParts, PageCall } from './page-call.ts'
import { needOf, ruleCures } from './rule-cure.ts'
import { applicationOf, rulesAt, wouldAllow } from './rule-hints.ts'
import { customDomain, parentDirectory } from './same-origin-cures.ts'
import { isCrossSite } from './session-cookie.ts'

/** Every way to let a page read an answer of another origin; whether one cures this call is for `examine` to try. */
export function corsCures(parts: DoctorParts, call: PageCall, hop: Hop): readonly Option[] {
  const { found } = hop.actual.explanation
  if (!found) return [changeApplication(hop, call)]
  return [
    ...enforceRule(parts, found, hop),
    ...ruleCures(parts, found, hop, call).map((change) => corsRule(change, found, hop)),
    ...siblingSegments(found, hop),
    ...responseHeaders(parts, found, hop, call),
    ...parentDirectory(parts, call, found),
    ...customDomain(parts, call, found),
    ...complexApplication(found, hop),
    changeApplication(hop, call),
  ]
}

const none = { change: undefined, manual: undefined, retry: undefined } as const

function enforceRule(parts: DoctorParts, found: Found, hop: Hop): readonly Option[] {
  const { application, segmentId } = found.route
  const rules = rulesAt(parts, found).filter(
    (rule) => rule.mode === 'dryRun' && wouldAllow(rule, found, hop),
  )
  return rules.map((rule) => ({
    ...none,
    id: 'enforce-rule',
    seedOption: 6,
    title: 'Put the rule in force',
    effort: 1,
    explanation: `The rule for "${rule.resource}" allows this call and is in dry run.`,
    change: {
      kind: 'edit-rule',
      applicationId: application.id,
      segmentId,
      ruleId: rule.id,
      set: { mode: 'enforce' },
    },
  }))
}

function corsRule(change: Change, { route }: Found, { call }: Hop): Option {
  const edits = change.kind === 'edit-rule'
  return {
    ...none,
    id: 'cors-rule',
    seedOption: 6,
    title: `${edits ? 'Add what is lacking to the CORS rule' : 'Add a CORS rule'} for ${call.pageOrigin}`,
    effort: 1,
    explanation: `Lets pages of ${call.pageOrigin} send this method and these headers, and no others.${takesOver(change, route)}${loosens(call, route)}`,
    change,
  }
}

/** What somebody must know who publishes an application that answers preflights itself. [C10] */
function takesOver(change: Change, { application, cors }: Found['route']): string {
  if (change.kind === 'edit-rule' || application.preAuthentication || cors.groups.length > 0)
    return ''
  return ' From then on the edge answers the preflights: other pages that the application itself allows need a rule, too.'
}

/** A session cookie that comes along to other sites comes along from all of them (decision 5). */
function loosens(
  { url, pageOrigin, credentials }: Hop['call'],
  { application }: Found['route'],
): string {
  const { preAuthentication, cookie } = application
  if (!preAuthentication || cookie.sameSite === 'None' || credentials !== 'include') return ''
  if (!isCrossSite(pageOrigin, new URL(url).origin)) return ''
  return ' The page is of another site, so the session cookie becomes SameSite=None: browsers then send it along from every site, though only this one may read the answers.'
}

function siblingSegments({ route }: Found, { call }: Hop): readonly Option[] {
  const { application, segmentId } = route
  if (segmentId === undefined || !application.origins.includes(call.pageOrigin)) return []
  return [
    {
      ...none,
      id: 'sibling-segments',
      seedOption: 6,
      title: 'Let all segments of the application call each other',
      effort: 1,
      explanation:
        'Page and address are segments of one complex application. With this switch none of its segments needs a rule for the others.',
      change: {
        kind: 'edit-publishing',
        applicationId: application.id,
        set: { allowSiblingSegments: true },
      },
    },
  ]
}

function responseHeaders(
  parts: DoctorParts,
  found: Found,
  hop: Hop,
  call: PageCall,
): readonly Option[] {
  const { application, segmentId } = found.route
  const applicationId = application.id
  const publishing = applicationOf(parts, found)?.publishing
  const segment = publishing?.segments.find(({ id }) => id === segmentId)
  const { origin, credentials } = needOf(hop, call)
  const present = (segment ?? publishing)?.responseHeaders ?? []
  const headers = [...present.filter(({ name }) => !/^access-control-allow-/i.test(name))]
  const responseHeaders: ResponseHeaderRule[] = [...headers, ...allow(origin, credentials)]
  const change: Change =
    segmentId === undefined
      ? { kind: 'edit-publishing', applicationId, set: { responseHeaders } }
      : { kind: 'edit-segment', applicationId, segmentId, set: { responseHeaders } }
  return [
    {
      ...none,
      id: 'response-headers',
      seedOption: 3,
      title: 'Add the headers to the answers at the edge',
      effort: 2,
      explanation: `The edge writes Access-Control-Allow-Origin: ${origin} into every answer, without a change to the application. It serves one origin only, and no preflight.`,
      change,
    },
  ]
}

function allow(origin: string, credentials: boolean): readonly ResponseHeaderRule[] {
  const set = (name: string, value: string) => ({ action: 'set', name, value }) as const
  return [
    set('Access-Control-Allow-Origin', origin),
    ...(credentials ? [set('Access-Control-Allow-Credentials', 'true')] : []),
  ]
}

function complexApplication({ route }: Found, { call, preflight }: Hop): readonly Option[] {
  if (route.application.origins.includes(call.pageOrigin) || !preflight) return []
  return [
    {
      ...none,
      id: 'complex-application',
      seedOption: 6,
      title: 'Publish both as segments of one complex application',
      effort: 5,
      explanation:
        'One sign-in then readies both, one set of policies holds for both, and the edge answers the preflights between them.',
      manual:
        'Create a wildcard application, add the external and internal URL of each of the two as a segment, set allowSiblingSegments or a rule, and delete the two applications: a regular application wins over a segment with the same URL.',
    },
  ]
}

function changeApplication({ call, preflight }: Hop, page: PageCall): Option {
  const { origin, methods, headers, credentials } = needOf({ call }, page)
  const lines = [
    `Access-Control-Allow-Origin: ${origin}`,
    ...(credentials ? ['Access-Control-Allow-Credentials: true'] : []),
    'Vary: Origin',
  ]
  const toPreflight = [
    ...(methods.length > 0 ? [`Access-Control-Allow-Methods: ${methods.join(', ')}`] : []),
    ...(headers.length > 0 ? [`Access-Control-Allow-Headers: ${headers.join(', ')}`] : []),
  ]
  const asked = preflight ? ` and OPTIONS with 204 and, besides, ${toPreflight.join('; ')}` : ''
  return {
    ...none,
    id: 'change-application',
    seedOption: 4,
    title: 'Change the application',
    effort: 6,
    explanation:
      'The application sends the CORS headers itself. Needs its code, its tests and its next release.',
    manual: `Answer every request of this page with ${lines.join('; ')}${asked}.`,
  }
}

/** An application that answers scripts itself. */
export const noRedirect: Option = {
  ...none,
  id: 'change-application',
  seedOption: 4,
  title: 'Change the application',
  effort: 6,
  explanation:
    'No script can follow a redirect to a sign-in page, or to any server that does not allow the page.',
  manual:
    'Answer scripts with 401 in place of a redirect to sign in, and let the page call the address that the redirect leads to.',
}
