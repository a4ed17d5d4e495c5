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
