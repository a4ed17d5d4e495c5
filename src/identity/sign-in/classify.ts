import { listMembers, trimOws } from '../../http/headers.ts'

/** The fields that tell a navigation from a script's request. */
export interface RequestFacts {
  readonly method: string
  readonly secFetchMode: string | undefined
  readonly secFetchDest: string | undefined
  readonly secFetchSite: string | undefined
  /** `Sec-Purpose` and what came before it: `Purpose`, `X-Purpose`, `X-Moz`. */
  readonly purpose: string | undefined
  readonly accept: string | undefined
  readonly xRequestedWith: string | undefined
  readonly upgrade: string | undefined
}

/**
 * - `navigation`: a page the person looks at; it may be sent to sign in.
 * - `form`: the same with a body, which no sign-in brings back.
 * - `frame`: a box inside a page; a sign-in refuses to be shown there.
 * - `script`: everything else, by its reason.
 */
export type RequestKind =
  | { readonly kind: 'navigation' | 'form' | 'frame' }
  | { readonly kind: 'script'; readonly because: string }

const navigation: RequestKind = { kind: 'navigation' }
const form: RequestKind = { kind: 'form' }
const frame: RequestKind = { kind: 'frame' }

/**
 * What a request is for. Fetch Metadata decides where the browser sends it, else method, X-Requested-With and Accept; never
 * User-Agent. [S4] [S7]
 */
export function classifyRequest(facts: RequestFacts): RequestKind {
  if (facts.upgrade !== undefined) return script('upgrade')
  // Nobody looks at it yet, and perhaps nobody ever will. [S7]
  if (isSpeculative(facts.purpose)) return script('prefetch')
  if (facts.secFetchMode !== undefined || facts.secFetchDest !== undefined) {
    return classifyByMetadata(facts)
  }
  // Android web views send their package name in this field, on navigations too.
  if (facts.xRequestedWith?.toLowerCase() === 'xmlhttprequest') return script('x-requested-with')
  if (!prefersHtml(facts.accept)) return script('accept')
  return byMethod(facts.method)
}

/** Loaded ahead on the guess that the person will go there: Fetch §`Sec-Purpose`, and what Safari and old browsers say. */
export function isSpeculative(purpose: string | undefined): boolean {
  return purpose !== undefined && speculative.test(purpose)
}

const speculative = /(?:^|[,;\s])(?:prefetch|prerender|preview|instant)(?:$|[,;\s])/i

// Most providers refuse to be framed, so the person would see an empty box instead of a sign-in.
const frames: ReadonlySet<string> = new Set(['iframe', 'frame', 'fencedframe', 'object', 'embed'])

function classifyByMetadata(facts: RequestFacts): RequestKind {
  const { secFetchMode: mode, secFetchDest: destination, method } = facts
  if (mode !== undefined && mode !== 'navigate') return script(`sec-fetch-mode ${mode}`)
  if (destination === undefined || destination === 'document') return byMethod(method)
  if (mode !== undefined && frames.has(destination)) return frame
  // A service worker hands a navigation on without its destination, and the browser follows the redirect that it gets; a
  // download has none either, and must not save a sign-in page as a file. Only the first asks for HTML.
  if (mode !== undefined && destination === 'empty' && prefersHtml(facts.accept)) {
    return byMethod(method)
  }
  return script(`sec-fetch-dest ${destination}`)
}

function byMethod(method: string): RequestKind {
  if (method === 'GET' || method === 'HEAD') return navigation
  return method === 'POST' ? form : script(`method ${method}`)
}

function script(because: string): RequestKind {
  return { kind: 'script', because }
}

const htmlTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml'])
const jsonTypes: ReadonlySet<string> = new Set(['application/json', 'application/problem+json'])

// `*/*` alone says nothing: every HTTP library sends it.
function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined) return false
  let html = 0
  let json = 0
  for (const member of listMembers([accept])) {
    const [type = '', ...parameters] = member.split(';').map((part) => trimOws(part).toLowerCase())
    if (htmlTypes.has(type)) html = Math.max(html, weightOf(parameters))
    if (jsonTypes.has(type)) json = Math.max(json, weightOf(parameters))
  }
  return html > 0 && html >= json
}

// RFC 9110 §12.4.2.
function weightOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  if (weight === undefined) return 1
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight.slice(2)) ? Number(weight.slice(2)) : 0
}
