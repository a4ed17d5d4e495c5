import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { Server } from 'node:net'
import { freePort } from './free-port.ts'

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

// What proxies add and what tells connections apart is none of the page's doing.
const unsteady =
  /^(?::|x-forwarded-|x-request-id$|forwarded$|via$|connection$|keep-alive$|host$|content-length$|transfer-encoding$|te$|x-real-ip$)/

/**
 * An application that answers as its query says: `status`, `h=Name:Value` (any number), `body`; the same with a `p` in
 * front for preflights, where it says `preflight`. Without a body it tells what it was sent.
 */
export class ProgrammableApplication implements AsyncDisposable {
  readonly #servers: Server[] = []

  /** Listens on 127.0.0.2, with TLS when there is a certificate, on a port that 127.0.0.1 has free as well; resolves to it. */
  async listen(certificate?: { readonly key: string; readonly cert: string }): Promise<number> {
    const server = certificate
      ? createSecureServer({ ...certificate, allowHTTP1: true }, answer)
      : // A connection that it cut for being idle could take a POST along.
        createServer({ keepAliveTimeout: 0 }, answer)
    const port = await freePort()
    server.listen(port, '127.0.0.2')
    await once(server, 'listening')
    this.#servers.push(server)
    return port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
      server.close()
    }
  }
}

async function answer(request: Request, response: Response): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const query = new URL(request.url ?? '', 'http://h').searchParams
  const asks = 'access-control-request-method' in request.headers
  const prefix = request.method === 'OPTIONS' && asks && query.has('preflight') ? 'p' : ''
  for (const field of query.getAll(`${prefix}h`)) {
    const colon = field.indexOf(':')
    response.appendHeader(field.slice(0, colon), field.slice(colon + 1))
  }
  response.statusCode = Number(query.get(`${prefix}status`) ?? 200)
  const body = query.get(`${prefix}body`) ?? JSON.stringify(told(request, Buffer.concat(chunks)))
  // Of a string Node would make one text with the head, and write that as UTF-8.
  const bytes = Buffer.from(response.statusCode === 205 ? '' : body)
  if ([204, 304].includes(response.statusCode)) return void response.end()
  response.setHeader('Content-Length', bytes.length)
  response.end(request.method === 'HEAD' ? '' : bytes)
}

function told(request: Request, body: Buffer) {
  const fields = Object.entries(request.headers).filter(([name]) => !unsteady.test(name))
  return {
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(fields.sort(([one], [other]) => (one < other ? -1 : 1))),
    body: body.toString('base64'),
  }
}
