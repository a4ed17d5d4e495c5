import type { BrowserOutcome } from '../cors/browser.ts'
import { isForbiddenMethod } from '../cors/method.ts'
import { fieldValue, fieldValues, listMembers } from '../http/headers.ts'
import { explainCorsFailure } from './cors-failure.ts'
import { edgeRefusal } from './edge-refusal.ts'
import { type Finding, finding } from './findings.ts'
import { followCall, type Half, type Hop, leadsToUser } from './hops.ts'
import { internalUrlCalled, localNetwork, mixedContent } from './page-address.ts'
import { type DoctorParts, type PageCall, pageOriginOf } from './page-call.ts'
import { hintsOf } from './rule-hints.ts'
import { isCrossSite } from './session-cookie.ts'

/** What is wrong with a call, and what it was told from. */
export interface Diagnosis {
  readonly findings: readonly Finding[]
  readonly hops: readonly Hop[]
  /** What the browser makes of it; undefined where it does not get as far as asking. */
  readonly browser: BrowserOutcome | undefined
}

/** Finds everything that is wrong with a call, what the browser itself refuses first. Pure. [D2] */
export function diagnose(parts: DoctorParts, call: PageCall): Diagnosis {
  const blocked = browserRefusal(call)
  if (blocked) return { findings: [blocked], hops: [], browser: undefined }
  const hops = followCall(parts, call)
  return { findings: judgeHops(parts, call, hops), hops, browser: hops.at(-1)?.outcome }
}

/** The findings of a call whose answers are there, computed or seen. */
export function judgeHops(
  parts: DoctorParts,
  call: PageCall,
  hops: readonly [Hop, ...Hop[]],
): readonly Finding[] {
  const [first] = hops
  const address = addressFinding(parts, call, first)
  if (address?.severity === 'error') return [address]
  const found = [
    // Where nothing answers, what the answer lacks is not the reason.
    ...unanswered(call),
    ...(hops.some(leadsToUser) ? [userInRedirect] : []),
    ...corsFindings(parts, call, hops, address),
    ...(address ? [address] : []),
    ...edgeRefusal(first, call),
    ...remarks(call, first),
    ...pageRedirected(call),
  ]
  return uniqueById(found)
}

/** What the browser refuses before it asks anybody. */
function browserRefusal(call: PageCall): Finding | undefined {
  const scheme = URL.parse(call.targetUrl)?.protocol
  if (scheme !== 'http:' && scheme !== 'https:') {
    const explanation = `A page can call http and https across origins, not ${scheme ?? 'this'}.`
    const corsError = 'CorsDisabledScheme'
    return finding('unsupported-scheme', 'error', explanation, { corsError })
  }
  if (isForbiddenMethod(call.method)) {
    const explanation = `fetch throws a TypeError for ${call.method.toUpperCase()}; nothing is sent.`
    return finding('forbidden-method', 'error', explanation)
  }
  return mixedContent(call)
}

/** Whether the page has the right address at all. */
function addressFinding(parts: DoctorParts, call: PageCall, hop: Hop): Finding | undefined {
  if (hop.actual.by !== 'elsewhere') return undefined
  const wrong = internalUrlCalled(parts, call) ?? localNetwork(call)
  if (wrong) return wrong
  const { host } = new URL(call.targetUrl)
  const explanation = `No application is published at ${host}.`
  return finding('host-not-published', call.backend ? 'info' : 'warning', explanation)
}

function corsFindings(
  parts: DoctorParts,
  call: PageCall,
  hops: readonly Hop[],
  address: Finding | undefined,
): readonly Finding[] {
  const at = hops.findIndex(({ outcome }) => !outcome.ok)
  const hop = hops[at]
  if (!hop || hop.outcome.ok || call.mode !== 'cors' || (address && call.backend === undefined))
    return []
  // Where there is no route there are no rules either; what answers is the plain 404, unless it is a page of the edge.
  const { found, ending } = hop.actual.explanation
  if (!found && hop.actual.by === 'edge' && ending.kind !== 'own-page') return []
  const cause = explainCorsFailure(hop, hop.outcome, at)
  return [cause, ...methodCase(hop), ...hintsOf(parts, hop)]
}

function methodCase({ call: { method } }: Hop): readonly Finding[] {
  if (method === method.toUpperCase()) return []
  const explanation = `The page sends ${method}; ${method.toUpperCase()} is another method.`
  return [finding('method-case', 'info', explanation)]
}

/** What is no problem here, but may be one elsewhere. */
function remarks(call: PageCall, { actual, call: { url } }: Hop): readonly Finding[] {
  const origin = pageOriginOf(call)
  const target = new URL(url).origin
  if (origin === target) {
    return [finding('same-origin', 'info', `The page and the address are both at ${target}.`)]
  }
  if (variesUnsaid(origin, actual)) {
    const explanation = `The application allows ${origin} by name and sends no “Vary: Origin”.`
    return [finding('vary-missing', 'info', explanation)]
  }
  if (call.mode === 'no-cors') {
    const explanation = 'The page asked with `mode: "no-cors"`, so it sees neither status nor body.'
    return [finding('opaque-answer', 'error', explanation)]
  }
  const application = actual.explanation.found?.route.application
  const byCookie = application?.preAuthentication === true && call.credentials === 'include'
  if (!byCookie || !isCrossSite(origin, target) || application.cookie.sameSite !== 'None') return []
  const explanation = `${origin} and ${target} are different sites, so that some browsers keep the session cookie back.`
  return [finding('third-party-cookie', 'info', explanation)]
}

function pageRedirected({ openedAt, ...call }: PageCall): readonly Finding[] {
  if (openedAt === undefined) return []
  const [from, to] = [URL.parse(openedAt)?.origin ?? 'null', pageOriginOf(call)]
  const explanation = `${from} sends the browser on to ${to}, so that the page calls from there.`
  return [finding('page-redirected', 'info', explanation)]
}

const userInRedirect = finding(
  'redirect-with-credentials',
  'error',
  'The answer redirects to a URL with a user name in it, which Chromium does not follow, not even on the page’s own origin.',
)

function unanswered({ unanswered: explanation }: PageCall): readonly Finding[] {
  return explanation === undefined ? [] : [finding('application-unreachable', 'error', explanation)]
}

/** The application allows this very page, and a cache may give its answer to another one (Fetch §cors-protocol-and-http-caches). */
function variesUnsaid(origin: string, { answer, by, explanation, isAssumed }: Half): boolean {
  if (by !== 'application' || isAssumed || explanation.cors.kind !== 'none') return false
  if (fieldValue(answer.headers, 'access-control-allow-origin') !== origin) return false
  const varies = listMembers(fieldValues(answer.headers, 'vary')).map((name) => name.toLowerCase())
  return !varies.includes('origin') && !varies.includes('*')
}

function uniqueById(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.toReversed().map((each) => [each.id, each])).values()].toReversed()
}
