import { STATUS_CODES } from 'node:http'
import type { Fault, FaultCode } from '../base/fault.ts'
import type { Answer } from '../http/answer.ts'
import type { RawHeaders } from '../http/headers.ts'
import { html, ownAnswerHeaders, pageAnswer } from '../http/page.ts'
import { errorUrl } from '../manual/error-page.ts'
import type { Problem } from '../refusal/problem.ts'
import type { EdgeRequest } from './request.ts'

/** A page for people, JSON for scripts, one request id on both. [F7] [S4] */
export function problemAnswer(request: EdgeRequest, problem: Problem): Answer {
  const headers = ['X-Request-Id', request.id, ...(problem.headers ?? [])]
  if (wantsPage(request)) return { ...problemPage(request, problem, headers), refused: problem }
  const help = helpUrl(request, problem)
  const body = JSON.stringify({
    error: {
      code: problem.code,
      message: problem.sentence,
      requestId: request.id,
      ...(problem.because === undefined ? {} : { because: problem.because }),
      ...(problem.signInUrl === undefined ? {} : { signInUrl: problem.signInUrl }),
      ...(help === undefined ? {} : { helpUrl: help }),
    },
  })
  const json = ['Content-Type', 'application/json; charset=utf-8', ...ownAnswerHeaders]
  return { status: problem.status, headers: [...json, ...headers], body, refused: problem }
}

function problemPage(request: EdgeRequest, problem: Problem, headers: RawHeaders): Answer {
  const status = `${problem.status} ${STATUS_CODES[problem.status] ?? ''}`
  const { way } = problem
  const link = way
    ? html`<p><a href="${way.href}">${way.text}</a></p>
`
    : html``
  const body = html`<p>${problem.sentence}</p>
${link}<p class="soft"><small>${status}, ${problem.code}<br>Request ${request.id}${moreAbout(request, problem)}</small></p>`
  return pageAnswer(problem.status, { title: problem.title, body }, headers)
}

/** What this code means, and for administrators the decisions on this request. */
function moreAbout(request: EdgeRequest, problem: Problem) {
  const url = helpUrl(request, problem)
  if (url === undefined) return html``
  const portal = request.places?.portal
  const why =
    portal === undefined
      ? html``
      : html`<br><a href="${portal}/requests/${request.id}">For administrators: why</a>`
  return html`<br><a href="${url}">What this means</a>${why}`
}

/** The page about this code. None where nothing is published: strangers need not learn where people sign in. */
function helpUrl({ places }: EdgeRequest, { code, status }: Problem): string | undefined {
  if (places === undefined || status === notFoundStatus) return undefined
  return errorUrl(places.login, [code])
}

const notFoundStatus = 404

function wantsPage(request: EdgeRequest): boolean {
  const { fetchDest, accept } = request.fields
  if (fetchDest !== undefined) return pageDestinations.has(fetchDest)
  return accept?.includes('text/html') === true
}

const pageDestinations: ReadonlySet<string> = new Set([
  'document',
  'iframe',
  'frame',
  'object',
  'embed',
])

/** The failure on the way to the application, told in a sentence and in Proxy-Status (RFC 9209 §2.3). [F7] */
export function faultProblem(fault: Fault): Problem {
  const known = faults[fault.code] ?? unexpected
  const retry: RawHeaders = fault.status === 503 ? ['Retry-After', String(retryAfterSeconds)] : []
  return {
    status: fault.status,
    code: fault.code,
    title: known.title,
    sentence: known.sentence,
    headers: ['Proxy-Status', `sallyport; error=${known.proxyError}`, ...retry],
  }
}

const retryAfterSeconds = 5

interface FaultText {
  readonly title: string
  readonly sentence: string
  readonly proxyError: string
}

const unexpected: FaultText = {
  title: 'Something went wrong',
  sentence: 'The edge met an error that it did not expect. It is in the log under this request id.',
  proxyError: 'proxy_internal_error',
}

const faults: Partial<Record<FaultCode, FaultText>> = {
  'too-large': {
    title: 'The request is too large',
    sentence: 'This page of the edge takes a short form, and more than that was sent.',
    proxyError: 'http_request_error',
  },
  'no-connector': {
    title: 'No connector is available',
    sentence: 'No connector of the group that serves this application is connected to the edge.',
    proxyError: 'destination_unavailable',
  },
  'connector-lost': {
    title: 'The connector was lost',
    sentence:
      'The connector went away while it handled this request, and it was not safe to repeat it.',
    proxyError: 'connection_terminated',
  },
  'backend-refused': {
    title: 'The application refused the connection',
    sentence: 'The connector reached the host of the application, but nothing listens there.',
    proxyError: 'connection_refused',
  },
  'backend-unreachable': {
    title: 'The application cannot be reached',
    sentence: 'The connector could not find or reach the host of the application.',
    proxyError: 'destination_ip_unroutable',
  },
  'backend-certificate': {
    title: 'The certificate of the application is not trusted',
    sentence: 'The connector could not verify the certificate that the application shows.',
    proxyError: 'tls_certificate_error',
  },
  'backend-reset': {
    title: 'The application broke off',
    sentence: 'The application closed the connection without an answer.',
    proxyError: 'connection_terminated',
  },
  'backend-truncated': {
    title: 'The application broke off',
    sentence: 'The application closed the connection before its answer was whole.',
    proxyError: 'http_response_incomplete',
  },
  'backend-rubbish': {
    title: 'The application sent something that is not HTTP',
    sentence: 'The answer of the application could not be understood.',
    proxyError: 'http_protocol_error',
  },
  'backend-timeout': {
    title: 'The application took too long',
    sentence: 'The application did not begin its answer in time.',
    proxyError: 'http_response_timeout',
  },
  'destination-not-allowed': {
    title: 'The connector does not allow this destination',
    sentence: 'The connector holds a list of destinations, and the internal address is not on it.',
    proxyError: 'destination_ip_prohibited',
  },
  overloaded: {
    title: 'Too many requests at once',
    sentence: 'Every connector of the group is working at its limit. Try again in a moment.',
    proxyError: 'connection_limit_reached',
  },
}
