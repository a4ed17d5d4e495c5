import { tagOfText } from './entity-tag.ts'
import { describeApi } from './openapi.ts'

const path = /^\/(beta|v1\.0)\/openapi\.json\/?$/i

/** What says how the API is used, which anybody may read: no token is asked for. Undefined for any other request. */
export function createDocuments(baseUrl: string): (request: Request) => Response | undefined {
  const written = new Map<string, string>()
  return (request) => {
    const [, version] = path.exec(new URL(request.url).pathname) ?? []
    if (version === undefined || !/^(?:GET|HEAD)$/.test(request.method)) return undefined
    const known = version.toLowerCase() === 'beta' ? 'beta' : 'v1.0'
    const text = written.get(known) ?? JSON.stringify(describeApi(baseUrl, known))
    written.set(known, text)
    return answer(request, text)
  }
}

function answer(request: Request, text: string): Response {
  const etag = tagOfText(text)
  if (request.headers.get('if-none-match') === etag) {
    return new Response(null, { status: 304, headers: { etag } })
  }
  const headers = { etag, 'content-type': 'application/json;charset=utf-8' }
  return new Response(request.method === 'HEAD' ? null : text, { headers })
}
