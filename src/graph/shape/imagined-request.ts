import { z } from 'zod'
import { failed, type Parsed } from '../../base/check.ts'
import type { Explanation } from '../../doctor/explain.ts'
import type { ImaginedRequest, Visitor } from '../../doctor/request.ts'
import { fieldValuePattern, type RawHeaders, tokenPattern } from '../../http/headers.ts'
import { parseAddress } from '../../policy/address.ts'
import { guid, issueAt, parseBody } from './body.ts'

// The edge takes no longer target, and no browser sends more fields.
const urlMaxLength = 8_192
const headersMax = 100
const fieldMaxLength = 4_096
const originMaxLength = 300
const methodMaxLength = 32

/** An absolute URL with http or https. */
export const webUrl = z
  .string()
  .max(urlMaxLength)
  .refine((text) => /^(?:https?|wss?):$/.test(URL.parse(text)?.protocol ?? ''), {
    message: 'must be an absolute URL with http or https',
  })

/** Header fields in a list, as they go over the wire. */
export const headerList = z
  .array(
    z.strictObject({
      name: z.string().max(fieldMaxLength).regex(tokenPattern, 'is no header name'),
      value: z.string().max(fieldMaxLength).regex(fieldValuePattern, 'is no header value'),
    }),
  )
  .max(headersMax)

/** A method as a page writes it. */
export const methodName = z.string().max(methodMaxLength).regex(tokenPattern, 'is no method')

export const credentialsMode = z.enum(['omit', 'same-origin', 'include'])
export const ipAddress = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, 'must be an IP address')

const origin = z
  .string()
  .max(originMaxLength)
  .refine((text) => text === 'null' || URL.parse(text)?.origin === text, {
    message: 'must be an origin as browsers write it, such as https://home.contoso.net',
  })

const imagined = z.strictObject({
  url: webUrl,
  method: methodName.nullish(),
  origin: origin.nullish(),
  headers: headerList.nullish(),
  mode: z.enum(['cors', 'no-cors', 'navigate', 'webSocket']).nullish(),
  credentials: credentialsMode.nullish(),
  userId: guid.nullish(),
  userPrincipalName: z.string().max(fieldMaxLength).nullish(),
  isMultiFactor: z.boolean().nullish(),
  isSessionExpired: z.boolean().nullish(),
  ipAddress: ipAddress.nullish(),
})

/** A request to be explained, and whom it names. */
export interface ExplainQuestion {
  readonly request: Omit<ImaginedRequest, 'visitor'>
  readonly userId: string | undefined
  readonly userPrincipalName: string | undefined
  /** Of the person's sign-in. */
  readonly isMultiFactor: boolean
  readonly isSessionExpired: boolean
}

/** What `doctor/explain` takes. */
export const explainBody = z.strictObject({ request: imagined })

/** The question in a body, or every issue. [D1] */
export function readExplainQuestion(sent: unknown): Parsed<ExplainQuestion> {
  const read = parseBody(explainBody, sent)
  if (failed(read)) return read
  const { request } = read.value
  if (request.userId && request.userPrincipalName) {
    const message = 'name the person by one of userId and userPrincipalName'
    return { issues: [issueAt('request/userPrincipalName', 'conflicting-person', message)] }
  }
  const { url, mode } = httpUrl(request.url, request.mode ?? undefined)
  return {
    value: {
      request: {
        method: request.method ?? 'GET',
        url,
        origin: request.origin ?? undefined,
        headers: toRawHeaders(request.headers ?? []),
        mode: mode ?? (request.origin ? 'cors' : 'navigate'),
        credentials: request.credentials ?? 'include',
        ipAddress: request.ipAddress ?? undefined,
      },
      userId: request.userId ?? undefined,
      userPrincipalName: request.userPrincipalName ?? undefined,
      isMultiFactor: request.isMultiFactor ?? true,
      isSessionExpired: request.isSessionExpired === true,
    },
  }
}

/** The URL of a WebSocket goes over the wire as one of HTTP (RFC 6455 §4.1). */
export function httpUrl<Mode extends string>(url: string, mode: Mode | undefined) {
  const socket = /^ws(s?:)/i.exec(url)
  return socket ? { url: `http${url.slice(2)}`, mode: 'webSocket' as const } : { url, mode }
}

/** The fields as the rest of the edge has them. */
export function toRawHeaders(
  headers: readonly { readonly name: string; readonly value: string }[],
): RawHeaders {
  return headers.flatMap(({ name, value }) => [name, value])
}

/** Raw fields as JSON. */
export function toGraphHeaders(headers: RawHeaders) {
  return Array.from({ length: headers.length / 2 }, (_, i) => ({
    name: headers[i * 2] as string,
    value: headers[i * 2 + 1] as string,
  }))
}

/** What the edge would do, as JSON. */
export function toGraphExplanation({ ending, steps }: Explanation) {
  const last = steps.findLast(({ verdict }) => verdict !== 'skipped')
  return {
    outcome: toGraphEnding(ending),
    steps,
    explanation: last?.reason ?? '',
  }
}

function toGraphEnding(ending: Explanation['ending']) {
  const nothing = { status: null, code: null, headers: [], internalUrl: null }
  if (ending.kind === 'forwarded') {
    return { ...nothing, kind: ending.kind, internalUrl: ending.internalUrl }
  }
  if (ending.kind === 'answered') {
    const { kind, status, code = null } = ending
    return { ...nothing, kind, status, code, headers: toGraphHeaders(ending.headers) }
  }
  return ending.kind === 'sign-in'
    ? { ...nothing, kind: 'signIn', status: 302 }
    : { ...nothing, kind: 'ownPage' }
}

/** Who asks: nobody unless somebody is named. */
export function visitorOf(
  { isMultiFactor, isSessionExpired }: Pick<ExplainQuestion, 'isMultiFactor' | 'isSessionExpired'>,
  person: { readonly id: string; readonly userPrincipalName: string } | undefined,
  now: number,
): Visitor {
  if (isSessionExpired) return { kind: 'expired' }
  if (!person) return { kind: 'nobody' }
  const { id, userPrincipalName } = person
  return { kind: 'person', id, userPrincipalName, multiFactor: isMultiFactor, authenticatedAt: now }
}
