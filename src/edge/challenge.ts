import type { Answer } from '../http/answer.ts'
import { classifyRequest } from '../identity/classify.ts'
import { formNotSentPage, signedOutFrame } from '../identity/way-back-pages.ts'
import type { Route } from '../publishing/route-table.ts'
import { problemAnswer } from './answer.ts'
import type { Edge } from './edge.ts'
import { signedOut } from './refusals.ts'
import type { EdgeRequest } from './request.ts'
import { requestUrl } from './request-url.ts'

/** What a request without a good session gets, by what it is for; `because` is what is wrong with the session. [S4] */
export function challenge(edge: Edge, route: Route, request: EdgeRequest, because: string): Answer {
  const { application } = route
  const { kind } = classify(request)
  const url = requestUrl(request)
  if (kind === 'navigation')
    return edge.signIn.begin(application, { url, headers: request.headers })
  const answer = refusal(kind, request, url, because, application.displayName)
  if (because === 'no-cookie') return answer
  return {
    ...answer,
    headers: [...answer.headers, 'Set-Cookie', edge.sessions.clearing(application)],
  }
}

function refusal(
  kind: 'form' | 'frame' | 'script',
  request: EdgeRequest,
  url: URL,
  because: string,
  displayName: string,
): Answer {
  if (kind === 'script') return problemAnswer(request, signedOut(request, because))
  const page = kind === 'frame' ? signedOutFrame(url) : formNotSentPage(url, displayName)
  return { ...page, headers: [...page.headers, 'X-Request-Id', request.id] }
}

function classify({ method, fields }: EdgeRequest) {
  return classifyRequest({
    method,
    secFetchMode: fields.fetchMode,
    secFetchDest: fields.fetchDest,
    secFetchSite: fields.fetchSite,
    purpose: fields.purpose,
    accept: fields.accept,
    xRequestedWith: fields.requestedWith,
    upgrade: fields.upgrade,
  })
}
