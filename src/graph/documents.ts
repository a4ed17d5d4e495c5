import { describeDocument } from './configuration/schema.ts'
import { tagOfText } from './entity-tag.ts'
import { describeApi } from './openapi.ts'

const documents: Readonly<Record<string, (baseUrl: string) => object>> = {
  '/beta/openapi.json': (baseUrl) => describeApi(baseUrl, 'beta'),
  '/v1.0/openapi.json': (baseUrl) => describeApi(baseUrl, 'v1.0'),
  '/beta/configuration/schema.json': () => describeDocument(),
}

/** What says how the API is used, which anybody may read: no token is asked for. Undefined for any other request. */
export function createDocuments(baseUrl: string): (request: Request) => Response | undefined {
  const written = new Map<string, string>()
  return (request) => {
    const path = new URL(request.url).pathname.toLowerCase().replace(/\/$/, '')
    const describe = Object.hasOwn(documents, path) ? documents[path] : undefined
    if (describe === undefined || !/^(?:GET|HEAD)$/.test(request.method)) return undefined
    const text = written.get(path) ?? JSON.stringify(describe(baseUrl))
    written.set(path, text)
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
