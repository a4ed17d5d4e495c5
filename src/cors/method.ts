import { tokenPattern } from '../http/headers.ts'

// Fetch §concept-method-normalize: these and no others; `patch` stays `patch`.
const normalized: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])
const forbidden: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** The method as a browser sends it. */
export function normalizeMethod(method: string): string {
  const upper = method.toUpperCase()
  return normalized.has(upper) ? upper : method
}

/** No page can ask for these, however they are spelled (Fetch §forbidden-method). */
export function isForbiddenMethod(method: string): boolean {
  return forbidden.has(method.toUpperCase())
}

/** Needs no entry in a rule and no preflight of its own (Fetch §cors-safelisted-method). */
export function isSafelistedMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'POST'
}

/** Whether a page could have asked for it at all. */
export function isSendableMethod(method: string): boolean {
  return tokenPattern.test(method) && !isForbiddenMethod(method)
}
