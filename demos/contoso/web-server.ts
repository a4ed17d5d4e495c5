import type { RequestListener } from 'node:http'
import { type App, type ListenOptions, sendJson, startApp } from './app.ts'
import { acceptWebSockets } from './live.ts'
import { webClient } from './web-client.ts'
import { webService } from './web-service.ts'

/**
 * Starts one web server with both applications in directories of their own, `/CORSWebClient/` and `/CORSWebService/`:
 * publish the common parent directory and the two share an origin (the CORS document's option 2).
 */
export function startContosoServer(options: ListenOptions): Promise<App> {
  const directories: ReadonlyMap<string, RequestListener> = new Map([
    ['CORSWebClient', webClient('../CORSWebService/')],
    ['CORSWebService', webService('off')],
  ])
  return startApp(
    options,
    (request, response) => {
      const [, name = '', rest] = /^\/([^/?]*)(.*)$/.exec(request.url ?? '') ?? []
      const application = directories.get(name)
      if (!application) sendJson(response, 404, { error: 'not found', url: request.url })
      else if (!rest?.startsWith('/')) response.writeHead(301, { location: `/${name}/` }).end()
      else {
        request.url = rest
        application(request, response)
      }
    },
    acceptWebSockets,
  )
}
