/** What tells a call of the portal's own page from one that another page made the browser send. */
export interface CallFacts {
  readonly method: string
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
  /** `X-Sallyport-Portal`. */
  readonly portalField: string | undefined
}

export type CallRefusal = 'other-site' | 'no-portal-field' | 'unknown-origin'

export type CallVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly because: CallRefusal }

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
// `none`: typed into the address bar, which only reads.
const ownSites: ReadonlySet<string> = new Set(['same-origin', 'none'])

/**
 * Whether the session may be used for this call. Browsers write Sec-Fetch-Site and Origin themselves, and let no page of
 * another origin send a field of its own without a preflight, which is refused here. Any one of these would do.
 */
export function judgeCall(call: CallFacts, ownOrigin: string): CallVerdict {
  const { method, origin, fetchSite, portalField } = call
  if (fetchSite !== undefined && !ownSites.has(fetchSite)) return refused('other-site')
  if (origin !== undefined && origin !== ownOrigin) return refused('other-site')
  if (safeMethods.has(method)) return { allowed: true }
  if (fetchSite !== 'same-origin' && origin === undefined) return refused('unknown-origin')
  if (portalField !== '1') return refused('no-portal-field')
  return { allowed: true }
}

function refused(because: CallRefusal): CallVerdict {
  return { allowed: false, because }
}
