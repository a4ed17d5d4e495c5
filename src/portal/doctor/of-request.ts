import type { LiveRequest } from '../requests/types.ts'
import { type DoctorSearch, withoutSecrets } from './search.ts'

/** A row of `corsRefusals`: it knows what the preflight asked for. */
export interface Refusal {
  readonly origin: string
  readonly method: string
  readonly headers?: readonly string[]
  readonly reason: string
  readonly lastDateTime: string
}

/** What to ask about a request that the edge saw. A preflight speaks of the call that it was for. */
export function questionOfRequest(
  request: LiveRequest,
  refusals: readonly Refusal[],
): DoctorSearch {
  const target = withoutSecrets(request.url)
  const ip = request.ipAddress
  const person =
    request.userPrincipalName === undefined ? {} : { person: request.userPrincipalName }
  const { origin } = request
  if (origin === undefined || !URL.canParse(origin)) {
    return { target, method: request.method, ip, ...person }
  }
  const mode = request.kind === 'webSocket' ? { mode: 'webSocket' as const } : {}
  const call = { page: `${origin}/`, target, ...mode, ...person }
  if (request.kind !== 'preflight') return { ...call, method: request.method, ip }
  return { ...call, ...askedFor(request, refusals) }
}

/** The latest refusal of the same kind; without one the commonest call that needs a preflight. */
function askedFor({ origin, code }: LiveRequest, refusals: readonly Refusal[]): DoctorSearch {
  const alike = refusals.filter((each) => each.origin === origin && `cors-${each.reason}` === code)
  const [latest] = alike.toSorted((a, b) => b.lastDateTime.localeCompare(a.lastDateTime))
  if (!latest) return { method: 'POST', type: 'application/json' }
  const names = latest.headers ?? []
  const others = names.filter((name) => name !== 'content-type').join(', ')
  return {
    method: latest.method,
    ...(others !== '' && { headers: others }),
    ...(names.includes('content-type') && { type: 'application/json' }),
  }
}
