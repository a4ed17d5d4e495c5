import type { TrailStep } from '../base/trail.ts'
import type { BrowserOutcome } from '../cors/browser.ts'
import { accessCures } from './access-cures.ts'
import { applyChange } from './change.ts'
import { corsCures, noRedirect } from './cors-cures.ts'
import { type Diagnosis, diagnose } from './diagnose.ts'
import type { Finding, FindingId } from './findings.ts'
import { type Hop, idealAnswer } from './hops.ts'
import { withNearby } from './nearby.ts'
import type { Option, OptionId } from './option.ts'
import type { DoctorParts, PageCall } from './page-call.ts'
import { pageCures } from './page-cures.ts'

/** A call looked at from all sides. */
export interface Examination {
  /** `depends`: on what the application answers, which nobody has said. */
  readonly verdict: 'allowed' | 'blocked' | 'depends'
  readonly browser: BrowserOutcome | undefined
  readonly findings: readonly CurableFinding[]
  /** What the edge did with the preflight, if there is one, and with the request, and so on with each redirect. */
  readonly trail: readonly TrailStep[]
}

export interface CurableFinding extends Finding {
  /** The least effort first. */
  readonly options: readonly Option[]
}

/** What is wrong with a call, and what cures it: each cure was tried on what the edge decides from. [D2] */
export function examine(parts: DoctorParts, call: PageCall): Examination {
  return withCures(parts, call, diagnose(parts, call))
}

/** The same for a diagnosis that is there already. */
export function withCures(parts: DoctorParts, call: PageCall, diagnosis: Diagnosis): Examination {
  const { hops, browser } = diagnosis
  const findings = diagnosis.findings.map((finding) => ({
    ...finding,
    options: curesOf(parts, call, diagnosis, finding),
  }))
  const trail = hops.flatMap(({ preflight, actual }) => [
    ...(preflight?.explanation.steps ?? []),
    ...actual.explanation.steps,
  ])
  return { verdict: verdictOf(findings), browser, findings, trail }
}

function verdictOf(findings: readonly Finding[]): Examination['verdict'] {
  if (findings.some(({ severity }) => severity === 'error')) return 'blocked'
  return findings.some(({ severity }) => severity === 'warning') ? 'depends' : 'allowed'
}

const ofCors: ReadonlySet<FindingId> = new Set<FindingId>([
  ...(['no-rule', 'origin-not-allowed', 'method-not-allowed', 'header-not-allowed'] as const),
  ...(['credentials-not-allowed', 'no-allow-origin', 'wildcard-with-credentials'] as const),
  ...(['several-allow-origins', 'invalid-allow-origin', 'other-allow-origin'] as const),
  ...(['no-allow-credentials', 'preflight-status', 'preflight-redirect'] as const),
  ...(['preflight-method-missing', 'preflight-header-missing'] as const),
  ...(['preflight-lists-malformed', 'cookie-cross-site', 'web-socket-origin'] as const),
])

function curesOf(
  parts: DoctorParts,
  call: PageCall,
  diagnosis: Diagnosis,
  finding: Finding,
): readonly Option[] {
  const options = optionsFor(parts, call, diagnosis, finding)
  if (options.length === 0) return []
  const near = withNearby(parts, addressesOf(call, diagnosis, options))
  const cures = new Map<OptionId, Option>()
  for (const option of options) {
    if (cures.has(option.id)) continue
    if (isCure(near, parts.applications, call, diagnosis, finding, option)) {
      cures.set(option.id, option)
    }
  }
  return [...cures.values()].toSorted((one, other) => one.effort - other.effort)
}

/** Everything that may help, to be tried. */
function optionsFor(
  parts: DoctorParts,
  call: PageCall,
  { hops: [hop] }: Diagnosis,
  finding: Finding,
): readonly Option[] {
  if (finding.severity === 'info') return []
  const ofPage = pageCures(parts, call, finding, hop)
  if (!hop) return ofPage
  return [
    ...(finding.id.startsWith('redirect-') ? [noRedirect] : []),
    ...(ofCors.has(finding.id) ? corsCures(parts, call, hop) : []),
    ...accessCures(parts, call, hop, finding),
    ...ofPage,
  ]
}

/** The first of these options that cures a call, in the order in which they come. */
export function firstCure(
  parts: DoctorParts,
  call: PageCall,
  ids: readonly OptionId[],
): Option | undefined {
  const diagnosis = diagnose(parts, call)
  for (const finding of diagnosis.findings) {
    const options = optionsFor(parts, call, diagnosis, finding)
    const cure = options
      .filter(({ id }) => ids.includes(id))
      .find((option) => isCure(parts, parts.applications, call, diagnosis, finding, option))
    if (cure) return cure
  }
  return undefined
}

// What depends on people, or on more changes than one: nothing here can try it.
const untried: ReadonlySet<OptionId> = new Set<OptionId>([
  ...(['sign-in', 'change-policy', 'complex-application', 'allow-local-network'] as const),
])

function addressesOf(
  call: PageCall,
  { hops }: Diagnosis,
  options: readonly Option[],
): readonly string[] {
  const { pageUrl, targetUrl } = call
  const later = options.flatMap(({ retry }) =>
    [retry?.pageUrl ?? [], retry?.targetUrl ?? []].flat(),
  )
  return [pageUrl, targetUrl, ...hops.map((hop) => hop.call.url), ...later]
}

/** Whether the finding is gone with this option, and nothing new has come. */
function isCure(
  parts: DoctorParts,
  all: DoctorParts['applications'],
  call: PageCall,
  { findings, hops: [hop] }: Diagnosis,
  { id }: Finding,
  option: Option,
): boolean {
  if (untried.has(option.id)) return true
  const changed = option.change ? applyChange(parts, option.change, all) : parts
  if (!changed) return false
  const after = diagnose(changed, changedCall(call, option, hop))
  const problems = after.findings.filter(({ severity }) => severity !== 'info')
  return problems.every((each) => each.id !== id && findings.some((known) => known.id === each.id))
}

function changedCall(call: PageCall, { id, retry }: Option, hop: Hop | undefined): PageCall {
  const { visitor } = call
  const application = hop?.actual.explanation.found?.route.application
  // It ran out under the lifetime that there is; whether it had under another is the question.
  const then =
    visitor.kind === 'expired'
      ? { kind: visitor.kind, underSeconds: application?.sessionLifetimeSeconds ?? 0 }
      : visitor
  const backend = id === 'change-application' && hop ? idealAnswer(hop.call) : call.backend
  return { ...call, ...retry, visitor: then, backend }
}
