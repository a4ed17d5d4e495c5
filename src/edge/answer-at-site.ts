import type { Found } from '../publishing/route-table.ts'
import { signedOutMeanwhile } from '../refusal/refusals.ts'
import { problemAnswer } from './answer.ts'
import { refuseScript } from './challenge.ts'
import type { Edge } from './edge.ts'
import type { Admitted, Exchange } from './exchange.ts'
import type { EdgeRequest } from './request.ts'
import { requestUrl } from './request-url.ts'
import { keepPrivate } from './rewrite-response.ts'
import type { Site } from './site.ts'

/** Lets the site answer. Rejects with what the site rejects with, and when the body is too large or does not come. */
export async function answerAtSite(
  edge: Edge,
  site: Site,
  found: Found,
  exchange: Exchange,
  { session, byToken }: Admitted,
): Promise<void> {
  const { request } = exchange
  const { application } = found.route
  // A token is for programs, and these are pages: what there is for programs has an address of its own.
  if (!session || byToken)
    return exchange.send(refuseScript(edge, application, request, 'no-cookie'))
  const { pathname } = new URL(requestUrl(request))
  const body = await exchange.readBytes(await site.bodyMaxBytes(request.method, pathname, session))
  // Somebody may take long to send it.
  if (edge.sessions.wasEnded(session)) {
    return exchange.send(problemAnswer(request, signedOutMeanwhile(request)))
  }
  const response = await site.answer(toRequest(request, body), session, exchange.recording)
  const headers = keepPrivate([...response.headers].flat())
  const traced = ['X-Request-Id', request.id, ...headers]
  if (!isStream(response)) {
    return exchange.sendBytes(response.status, traced, Buffer.from(await response.arrayBuffer()))
  }
  await exchange.stream(response, traced, (close) =>
    edge.live.add(
      session.id,
      close,
      (now) => edge.accessJudge.judgeSession(application, now, request).allowed,
    ),
  )
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true
}

const notForSites: ReadonlySet<string> = new Set(['cookie', 'authorization'])

function toRequest(request: EdgeRequest, body: Buffer): Request {
  const headers = new Headers()
  for (let i = 0; i < request.headers.length; i += 2) {
    const name = request.headers[i] as string
    if (!notForSites.has(name.toLowerCase())) headers.append(name, request.headers[i + 1] as string)
  }
  const { method } = request
  const content = body.length > 0 ? { body: new Uint8Array(body) } : {}
  return new Request(requestUrl(request), { method, headers, ...content })
}
