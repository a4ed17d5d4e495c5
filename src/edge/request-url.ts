import type { EdgeRequest } from './request.ts'

/** The URL of a request as the browser knows it. */
export function requestUrl(request: EdgeRequest): URL {
  const { path, query } = request.target
  return new URL(`${request.scheme}://${request.written}${path}${query}`)
}
