import type { Application, Segment } from '../publishing/application.ts'
import { compileRoutes } from '../publishing/route-table.ts'
import type { Change } from './change.ts'
import { firstCure } from './examine.ts'
import type { Option } from './option.ts'
import type { DoctorParts, PageCall } from './page-call.ts'

/** A call that CORS refused, as it was counted. */
export interface RefusedCall {
  readonly applicationId: string
  readonly segmentId: string | undefined
  readonly origin: string
  readonly method: string
  /** Lower-case names that its preflight asked for. */
  readonly headers: readonly string[]
  readonly ruleId: string | undefined
  /** `dryRun`: the rules in dry run would have refused it. */
  readonly mode: 'enforce' | 'dryRun'
}

/** A change that would let the call through; undefined where it is let through by now, or there is none. [D3] [C13] */
export function offerRule(
  parts: DoctorParts,
  refused: RefusedCall,
): (Option & { readonly change: Change }) | undefined {
  const application = parts.applications.find(({ id }) => id === refused.applicationId)
  const url = application && addressOf(application, refused)
  if (!application || url === undefined || !URL.canParse(refused.origin)) return undefined
  const isTrial = refused.mode === 'dryRun'
  // Nobody else's addresses matter here, and an edge may have very many.
  const applications = [isTrial ? inForce(application) : application]
  const own = {
    ...parts,
    applications,
    routes: compileRoutes(applications, parts.limits.reservedHosts),
  }
  const offered = firstCure(own, callOf(refused, url), ['cors-rule', 'enforce-rule'])
  if (!offered?.change) return undefined
  return { ...offered, change: isTrial ? onTrial(offered.change) : offered.change }
}

function callOf({ origin, method, headers }: RefusedCall, targetUrl: string): PageCall {
  return {
    pageUrl: `${origin}/`,
    targetUrl,
    method,
    // A value that no browser takes for harmless, because the name was asked for.
    headers: headers.flatMap((name) => [name, '"']),
    credentials: 'include',
    mode: 'cors',
    visitor: { kind: 'anybody' },
    ipAddress: undefined,
    backend: undefined,
  }
}

/** An address that the rule covers, or the segment's own. */
function addressOf(
  application: Application,
  { segmentId, ruleId }: RefusedCall,
): string | undefined {
  const { publishing } = application
  const place: Pick<Segment, 'corsRules'> & { readonly externalUrl: string | undefined } =
    publishing?.segments.find(({ id }) => id === segmentId) ??
    (segmentId === undefined && publishing ? publishing : nowhere)
  const rule = place.corsRules.find(({ id }) => id === ruleId)
  const resource = rule?.resource.slice(1) ?? ''
  // Any name will do below a star.
  return place.externalUrl && place.externalUrl.replace('*', 'any') + resource
}

const nowhere = { corsRules: [], externalUrl: undefined }

/** The application as if its rules in dry run were in force. */
function inForce(application: Application): Application {
  const { publishing } = application
  if (!publishing) return application
  const enforce = <Place extends Pick<Segment, 'corsRules'>>(place: Place): Place => ({
    ...place,
    corsRules: place.corsRules.map((rule) => ({ ...rule, mode: 'enforce' })),
  })
  const segments = publishing.segments.map(enforce)
  return { ...application, publishing: enforce({ ...publishing, segments }) }
}

/** A rule that is added to others in dry run is in dry run, too: in force it would take their place. */
function onTrial(change: Change): Change {
  if (change.kind !== 'add-rule') return change
  return { ...change, rule: { ...change.rule, mode: 'dryRun' } }
}
