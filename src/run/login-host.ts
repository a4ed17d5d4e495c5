import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OwnAnswer } from '../edge/entry.ts'
import { keysAnswer } from '../edge/keys-answer.ts'
import type { Answer } from '../http/answer.ts'
import {
  type BackChannelLogout,
  backChannelLogoutPrefix,
} from '../identity/relying-party/back-channel-logout.ts'
import type { SignIn } from '../identity/sign-in/sign-in.ts'
import { manualAnswer } from '../manual/answer.ts'

type ProviderListener = (request: IncomingMessage, response: ServerResponse) => void

/**
 * The login host: the relay of the sign-in under `/.sallyport/`, with the keys of the edge and the documents, and the embedded
 * provider everywhere else.
 */
export function serveLogin(
  signIn: SignIn,
  provider: ProviderListener,
  publishedKeys: (path: string) => string | undefined,
  logout: BackChannelLogout,
): OwnAnswer {
  return (request, response) => {
    const path = request.url ?? '/'
    const manual = manualAnswer(request.method ?? 'GET', path)
    if (manual !== undefined) return write(response, manual)
    const keys = publishedKeys(path)
    if (keys !== undefined) return write(response, keysAnswer(keys))
    if (!path.startsWith('/.sallyport/')) return provider(request, response)
    const host = request.headers.host ?? ''
    const url = URL.parse(`https://${host}${path}`)
    if (!url) return write(response, { status: 400, headers: [], body: '' })
    if (path.startsWith(backChannelLogoutPrefix)) return takeLogout(logout, url, request, response)
    write(
      response,
      signIn.relay({
        method: request.method ?? 'GET',
        url,
        headers: request.rawHeaders,
        peer: '',
        body: '',
      }),
    )
  }
}

// A logout token is under a KiB; the biggest ID token that is taken has 64.
const logoutMaxBytes = 64 * 1024

async function takeLogout(
  logout: BackChannelLogout,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > logoutMaxBytes) return write(response, { status: 413, headers: [], body: '' })
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks).toString('utf8')
  const { method = 'GET', rawHeaders: headers } = request
  write(response, await logout.receive({ method, url, headers, peer: '', body }))
}

function write(response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status
  for (let i = 0; i < answer.headers.length; i += 2) {
    response.setHeader(answer.headers[i] as string, answer.headers[i + 1] as string)
  }
  response.end(answer.body)
}
