import type { Answer } from '../http/answer.ts'
import { fieldValue, withoutFields } from '../http/headers.ts'
import type { Session } from '../identity/session.ts'
import {
  isFormType,
  keptFormMaxBytes,
  type PostedForm,
  readReturned,
  returnedFormMaxBytes,
} from '../identity/sign-in/kept-form.ts'
import type { RoutedApplication } from '../publishing/route-table.ts'
import type { Edge } from './edge.ts'
import type { Exchange } from './exchange.ts'
import type { EdgeRequest } from './request.ts'
import { requestUrl } from './request-url.ts'

/**
 * Keeps a form that came without a session; undefined when it must not or cannot be kept, and is lost. A form of another
 * site never is: sent after the sign-in it would look like one of the application's own (CSRF). [S5]
 */
export async function keepForm(
  edge: Edge,
  application: RoutedApplication,
  exchange: Exchange,
): Promise<Answer | undefined> {
  const { request } = exchange
  const contentType = fieldValue(request.headers, 'content-type')
  if (!application.preserveForms || contentType === undefined || !isFormType(contentType)) {
    return undefined
  }
  if (!isOwnForm(application, request) || !fits(request, keptFormMaxBytes)) return undefined
  const { host } = request.authority
  const person = edge.sessions.formerPerson(application, host, request.fields.cookies)
  const posted: PostedForm = {
    contentType,
    origin: request.fields.origin,
    referer: fieldValue(request.headers, 'referer'),
    body: await exchange.readBytes(keptFormMaxBytes),
  }
  return edge.signIn.keptForms.keep(application, requestUrl(request), posted, person)
}

function isOwnForm({ origins }: RoutedApplication, request: EdgeRequest): boolean {
  const { fetchSite, origin } = request.fields
  if (fetchSite === 'same-origin') return true
  if (fetchSite === 'cross-site' || origin === undefined) return false
  return origin === requestUrl(request).origin || origins.includes(origin)
}

function fits({ fields }: EdgeRequest, maxBytes: number): boolean {
  return fields.contentLength !== undefined && Number(fields.contentLength) <= maxBytes
}

/** Whether this may be a kept form on its way back: only then is a body looked at. */
export function mayReturnForm(application: RoutedApplication, request: EdgeRequest): boolean {
  if (!application.preserveForms || request.method !== 'POST') return false
  const contentType = fieldValue(request.headers, 'content-type')
  return contentType === 'text/plain' && fits(request, returnedFormMaxBytes)
}

/** The exchange to go on with: the same, with the form in place when it brought one back; or the page that says why not. */
export async function resumeForm(
  edge: Edge,
  application: RoutedApplication,
  exchange: Exchange,
  session: Session,
): Promise<Exchange | Answer> {
  const { request } = exchange
  const body = await exchange.readBytes(returnedFormMaxBytes)
  const returned = readReturned(body.toString('latin1'))
  if (!returned) return exchange.withBody(request, body)
  const url = requestUrl(request)
  const { origin, fetchSite } = request.fields
  // Only our own page on this host sends one back.
  if (origin !== url.origin && fetchSite !== 'same-origin') {
    return exchange.withBody(request, body)
  }
  const { headers } = request
  const resumed = edge.signIn.keptForms.resume(application, { url, headers }, session, returned)
  if ('answer' in resumed) return resumed.answer
  return exchange.withBody(asPosted(request, resumed.form), resumed.form.body)
}

const replaced: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'origin',
  'referer',
])

/** The request as it was when the form was posted. */
function asPosted(request: EdgeRequest, form: PostedForm): EdgeRequest {
  const { contentType, origin, referer, body } = form
  const length = String(body.length)
  const headers = withoutFields(request.headers, (name) => replaced.has(name))
  headers.push('Content-Type', contentType, 'Content-Length', length)
  if (origin !== undefined) headers.push('Origin', origin)
  if (referer !== undefined) headers.push('Referer', referer)
  const fields = { ...request.fields, contentLength: length, transferEncoding: undefined, origin }
  return { ...request, headers, fields, hasBody: body.length > 0 }
}
