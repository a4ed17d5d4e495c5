import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OwnHost } from '../edge/entry.ts'
import { keysAnswer } from '../edge/keys-answer.ts'
import type { Answer } from '../http/answer.ts'
import type { SignIn } from '../identity/sign-in.ts'

type ProviderListener = (request: IncomingMessage, response: ServerResponse) => void

/**
 * The login host: the relay of the sign-in under `/.sallyport/`, with the keys of the edge, and the embedded provider
 * everywhere else.
 */
export function serveLogin(
  signIn: SignIn,
  provider: ProviderListener,
  publishedKeys: (path: string) => string | undefined,
): OwnHost {
  return (request, response) => {
    const path = request.url ?? '/'
    const keys = publishedKeys(path)
    if (keys !== undefined) return write(response, keysAnswer(keys))
    if (!path.startsWith('/.sallyport/')) return provider(request, response)
    const host = request.headers.host ?? ''
    const url = URL.parse(`https://${host}${path}`)
    if (!url) return write(response, { status: 400, headers: [], body: '' })
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

function write(response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status
  for (let i = 0; i < answer.headers.length; i += 2) {
    response.setHeader(answer.headers[i] as string, answer.headers[i + 1] as string)
  }
  response.end(answer.body)
}
