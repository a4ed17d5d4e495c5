import { listMembers, trimOws } from '../http/headers.ts'

/** The fields that tell a navigation from a script's request. */
export interface RequestFacts {
  readonly method: string
  readonly secFetchMode: string | undefined
  readonly secFetchDest: string | undefined
  readonly secFetchSite: string | undefined
  readonly accept: string | undefined
  readonly xRequestedWith: string | undefined
  readonly upgrade: string | undefined
}

export type RequestKind =
  | { readonly kind: 'navigation' }
  | { readonly kind: 'script'; readonly because: string }

const navigation: RequestKind = { kind: 'navigation' }

/**
 * A page the person looks at, which may be sent to sign in, or a request that must get 401. Fetch Metadata decides
 * where the browser sends it, else method, X-Requested-With and Accept; never User-Agent. [S4] [S7]
 */
export function classifyRequest(facts: RequestFacts): RequestKind {
  if (facts.upgrade !== undefined) return script('upgrade')
  if (facts.secFetchMode !== undefined || facts.secFetchDest !== undefined) {
    return classifyByMetadata(facts)
  }
  if (facts.method !== 'GET' && facts.method !== 'HEAD') return script(`method ${facts.method}`)
  // Android web views send their package name in this field, on navigations too.
  if (facts.xRequestedWith?.toLowerCase() === 'xmlhttprequest') return script('x-requested-with')
  return prefersHtml(facts.accept) ? navigation : script('accept')
}

// A form post is a navigation: it gets a sign-in, which lands on GET of the same URL, since no provider brings a body
// back. A frame is none: most providers refuse to be framed, so the person would see an empty box instead of a reason.
function classifyByMetadata(facts: RequestFacts): RequestKind {
  const { secFetchMode: mode, secFetchDest: destination, method } = facts
  if (mode !== undefined && mode !== 'navigate') return script(`sec-fetch-mode ${mode}`)
  if (destination !== undefined && destination !== 'document') {
    return script(`sec-fetch-dest ${destination}`)
  }
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return script(`method ${method}`)
  return navigation
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
