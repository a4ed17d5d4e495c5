import type { OwnAnswer } from '../edge/entry.ts'
import type { OwnOrigins } from './origins.ts'

const path = '/.well-known/oauth-protected-resource'

/**
 * Says without a token where one for the management API is to be had (RFC 9728): whoever knows only the API's address finds
 * the sign-in by it. Everything else goes on to `api`.
 */
export function withResourceMetadata(
  origin: string,
  origins: Pick<OwnOrigins, 'login' | 'graph'>,
  api: OwnAnswer,
): OwnAnswer {
  const body = JSON.stringify({
    resource: origin,
    authorization_servers: [origins.login],
    scopes_supported: [`${origins.graph}/.default`],
    bearer_methods_supported: ['header'],
  })
  return (request, response, note) => {
    if (request.url?.split('?')[0] !== path || request.method !== 'GET') {
      return api(request, response, note)
    }
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(body)
    return undefined
  }
}
