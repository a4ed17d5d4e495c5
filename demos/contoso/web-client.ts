import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type App, type ListenOptions, sendJson, startApp } from './app.ts'

export interface WebClientOptions extends ListenOptions {
  /** Where browsers find CORSWebService, with a slash at the end; a customer would write it into the configuration. */
  readonly serviceUrl: string
}

/** Starts CORSWebClient: a page whose script calls CORSWebService. It knows nothing of any proxy. */
export function startCorsWebClient(options: WebClientOptions): Promise<App> {
  return startApp(options, webClient(options.serviceUrl))
}

interface Asset {
  readonly type: string
  readonly body: Buffer
}

const assets: ReadonlyMap<string, Asset> = new Map([
  ['/', readAsset('page.html', 'text/html; charset=utf-8')],
  ['/client.js', readAsset('client.js', 'text/javascript; charset=utf-8')],
  ['/client.css', readAsset('client.css', 'text/css; charset=utf-8')],
  ['/icon.svg', readAsset('icon.svg', 'image/svg+xml')],
])

function readAsset(name: string, type: string): Asset {
  return { type, body: readFileSync(new URL(`public/${name}`, import.meta.url)) }
}

/** The client's request listener; `serviceUrl` may be relative to the page. Its links are relative too. */
export function webClient(serviceUrl: string): RequestListener {
  const policy = contentSecurityPolicy(serviceUrl)
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://client')
    request.resume()
    if (request.method !== 'GET' && request.method !== 'HEAD') sendJson(response, 405, {})
    else if (pathname === '/config.json') sendJson(response, 200, { serviceUrl })
    else sendAsset(request, response, assets.get(pathname), policy)
  }
}

function sendAsset(
  request: IncomingMessage,
  response: ServerResponse,
  asset: Asset | undefined,
  policy: string,
): void {
  if (!asset) {
    sendJson(response, 404, { error: 'not found', url: request.url })
    return
  }
  response.writeHead(200, {
    'content-type': asset.type,
    'content-length': asset.body.length,
    'cache-control': 'no-cache',
    'content-security-policy': policy,
  })
  response.end(request.method === 'HEAD' ? undefined : asset.body)
}

// As a careful application has it: own files only, and calls to its service, by HTTP and by WebSocket.
function contentSecurityPolicy(serviceUrl: string): string {
  const service = URL.parse(serviceUrl)?.origin
  const reachable = service ? ` ${service} ${service.replace(/^http/, 'ws')}` : ''
  return `default-src 'self'; connect-src 'self'${reachable}; base-uri 'none'; object-src 'none'`
}
