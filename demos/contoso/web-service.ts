import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type App, type ListenOptions, sendJson, startApp } from './app.ts'
import { acceptWebSockets, sendEvents } from './live.ts'
import { applyOwnCors, type OwnCors } from './own-cors.ts'
import { receiveUpload, sendDownload } from './transfer.ts'

export interface WebServiceOptions extends ListenOptions {
  /** What the service does about CORS by itself; `off` when absent. `?cors=` says otherwise for one request. */
  readonly cors?: OwnCors
}

// A time longer than any proxy waits; more would only keep sockets.
const slowMaxMs = 600_000

/** Starts CORSWebService: an API that tells the caller what arrived. It knows nothing of any proxy. */
export function startCorsWebService(options: WebServiceOptions): Promise<App> {
  return startApp(options, webService(options.cors ?? 'off'), acceptWebSockets)
}

type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>

const routes: ReadonlyMap<string, Route> = new Map(
  Object.entries({
    '': echo,
    api: echo,
    download: sendDownload,
    events: sendEvents,
    redirect: sendRedirect,
    'set-cookie': setCookies,
    slow: answerSlowly,
    status: answerStatus,
    trailers: sendTrailers,
    upload: receiveUpload,
  }),
)

/** The service's request listener; paths count from `/`, so it can stand in any directory of a web server. */
export function webService(cors: OwnCors): RequestListener {
  return (request, response) => {
    answer(request, response, cors).catch((error: unknown) => {
      // Anything thrown here is a request we cannot serve, such as a header value that HTTP does not allow.
      if (response.headersSent) response.destroy()
      else sendJson(response, 400, { error: String(error) })
    })
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, cors: OwnCors) {
  const url = new URL(request.url ?? '/', 'http://service')
  if (applyOwnCors(request, response, url.searchParams.get('cors') ?? cors)) return
  const route = routes.get(url.pathname.split('/')[1] ?? '') ?? notFound
  await route(request, response, url)
}

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let bodyBytes = 0
  for await (const chunk of request) bodyBytes += chunk.length
  sendJson(response, 200, {
    message: 'CORSWebService got your request.',
    method: request.method,
    url: request.url,
    bodyBytes,
    person: personHeaders(request),
    headers: request.headers,
  })
}

/** Headers by which whoever stands in front may have said who is asking; their names are that one's choice. */
function personHeaders(request: IncomingMessage): Record<string, unknown> {
  const telling = /user|email|person|principal|group|role|assertion|identity/
  const other = /^(?:sec-|user-agent$)/
  return Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => telling.test(name) && !other.test(name)),
  )
}

function notFound(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  sendJson(response, 404, { error: 'not found', url: request.url })
}

function answerSlowly(_request: IncomingMessage, response: ServerResponse, url: URL): void {
  const ms = Math.min(Number(url.searchParams.get('ms') ?? 1_000), slowMaxMs)
  const timer = setTimeout(() => sendJson(response, 200, { waitedMs: ms }), ms)
  response.once('close', () => clearTimeout(timer))
}

function answerStatus(request: IncomingMessage, response: ServerResponse, url: URL): void {
  const status = Number(url.pathname.split('/')[2])
  request.resume()
  if (!Number.isInteger(status) || status < 200 || status > 599) notFound(request, response)
  else if (status === 204 || status === 205 || status === 304) response.writeHead(status).end()
  else sendJson(response, status, { status })
}

function sendRedirect(request: IncomingMessage, response: ServerResponse, url: URL): void {
  const status = Number(url.searchParams.get('status') ?? 302)
  request.resume()
  response.writeHead(status, { location: url.searchParams.get('to') ?? '/' }).end()
}

function setCookies(_request: IncomingMessage, response: ServerResponse, url: URL): void {
  const asked = url.searchParams.getAll('cookie')
  const cookies = asked.length > 0 ? asked : ['service=1; Path=/; HttpOnly']
  response.setHeader('set-cookie', cookies)
  sendJson(response, 200, { cookies })
}

function sendTrailers(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain', trailer: 'X-Checksum' })
  response.write('with a trailer\n')
  response.addTrailers({ 'X-Checksum': 'abc' })
  response.end()
}
