import type { RequestKindName } from '../base/request-record.ts'
import { classifyRequest, type RequestKind } from '../identity/sign-in/classify.ts'
import type { EdgeRequest } from './request.ts'

/** What a request is for. [S4] */
export function kindOf({ method, fields }: EdgeRequest): RequestKind['kind'] {
  return classifyRequest({
    method,
    secFetchMode: fields.fetchMode,
    secFetchDest: fields.fetchDest,
    secFetchSite: fields.fetchSite,
    purpose: fields.purpose,
    accept: fields.accept,
    xRequestedWith: fields.requestedWith,
    upgrade: fields.upgrade,
  }).kind
}

/** What the request is for, in the words of the list of requests. */
export function recordedKind(request: EdgeRequest): RequestKindName {
  const { fields, method } = request
  if (fields.upgrade !== undefined) return 'webSocket'
  const isPreflight = fields.origin !== undefined && fields.requestMethod !== undefined
  if (method === 'OPTIONS' && isPreflight) return 'preflight'
  if (kindOf(request) !== 'script') return 'navigation'
  if (isForeign(request)) return 'corsRequest'
  const { fetchDest } = fields
  // Images, styles and the like; without Fetch Metadata nobody can tell.
  if (fetchDest !== undefined) return fetchDest === 'empty' ? 'script' : 'other'
  return fields.requestedWith === undefined ? 'other' : 'script'
}

/** A page of another origin asks. */
export function isForeign({ fields, ownOrigin }: EdgeRequest): boolean {
  return fields.origin !== ownOrigin
}
