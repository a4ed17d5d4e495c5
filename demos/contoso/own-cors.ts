import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * What CORSWebService does about CORS by itself: nothing (`off`), one fixed `Access-Control-Allow-Origin` as an
 * administrator adds it at the web server (an origin, or `*`), or everything a developer would write (`code`).
 */
export type OwnCors = string

const preflightMaxAgeSeconds = '600'

/** Sets the application's own CORS headers; true when the request was a preflight that it answered. */
export function applyOwnCors(
  request: IncomingMessage,
  response: ServerResponse,
  cors: OwnCors,
): boolean {
  if (cors === 'off') return false
  if (cors !== 'code') {
    response.setHeader('access-control-allow-origin', cors)
    return false
  }
  response.setHeader('vary', 'Origin')
  const origin = request.headers.origin
  if (origin === undefined) return false
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-allow-credentials', 'true')
  return isPreflight(request) && answerPreflight(request, response)
}

// Fetch, CORS-preflight fetch: OPTIONS with Access-Control-Request-Method.
function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
}

function answerPreflight(request: IncomingMessage, response: ServerResponse): true {
  const asked = request.headers['access-control-request-headers']
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-max-age': preflightMaxAgeSeconds,
    ...(asked ? { 'access-control-allow-headers': asked } : {}),
  })
  response.end()
  return true
}
