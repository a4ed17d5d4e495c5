import type { Issue } from '../base/check.ts'
import { asFault, type FaultCode } from '../base/fault.ts'

/** An answer that is not a success: status, Graph's code, a sentence, and every issue with its target. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly issues: readonly Issue[]
  readonly headers: Readonly<Record<string, string>>
  /** Our own stable code, shown as `innerError.code`. */
  readonly innerCode: string | undefined

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      issues?: readonly Issue[]
      headers?: Record<string, string>
      innerCode?: string
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: more.cause })
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.issues = more.issues ?? []
    this.headers = more.headers ?? {}
    this.innerCode = more.innerCode
  }
}

/** 400 without a place in the body. */
export function badRequest(message: string, innerCode?: string): Refusal {
  return new Refusal(400, 'Request_BadRequest', message, innerCode ? { innerCode } : {})
}

// A refused document can hold a million unknown names; nobody reads more than this of them.
const maxDetails = 100
const maxIssuesInMessage = 5

/** 400 with every issue in `details`; clients that show only the message see the first few. [G4] */
export function invalid(issues: readonly Issue[]): Refusal {
  const sentences = issues
    .slice(0, maxIssuesInMessage)
    .map((issue) => (issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`))
  const rest = issues.length - sentences.length
  if (rest > 0) sentences.push(`and ${rest} more`)
  return new Refusal(400, 'Request_BadRequest', sentences.join('; '), {
    issues: issues.slice(0, maxDetails),
  })
}

/** 404 as Graph words it. */
export function notFound(what: string): Refusal {
  return new Refusal(
    404,
    'Request_ResourceNotFound',
    `Resource '${what}' does not exist or one of its queried reference-property objects are not present.`,
  )
}

// What clients of the original ask for and what there is in its place; paths as in path.ts.
const elsewhere = [
  [
    /^\/\$metadata$/,
    'There is no CSDL document here: openapi.json beside it describes this API (OpenAPI 3.1).',
  ],
  [
    /^\/directory\/deleteditems(?:\/|$)/,
    'Nothing is kept here as deleted: revisions has the deletion, and POST revisions/{id}/rollBack brings back what it took.',
  ],
  [
    /^\/oauth2permissiongrants(?:\/|$)/,
    'Nobody is asked for consent here: requiredResourceAccess of an application is what it gets.',
  ],
] as const

/** 404 of a path that names no resource; where there is something in its place, it says so. */
export function noSuchPath(path: string): Refusal {
  const message = elsewhere.find(([pattern]) => pattern.test(path))?.[1]
  return message === undefined
    ? notFound(path)
    : new Refusal(404, 'Request_ResourceNotFound', message)
}

/** 404 of what the original has under `/beta` alone, asked for under `/v1.0`; says where it is. */
export function betaOnly(what: string): Refusal {
  const message = `Resource '${what}' is not there under /v1.0. It is under /beta.`
  return new Refusal(404, 'Request_ResourceNotFound', message)
}

/** 404 of everything below `onPremisesPublishing` before the first PATCH has published the application. */
export function notPublished(): Refusal {
  return new Refusal(
    404,
    'OnPremisesPublishing_NotEnabled',
    'The application is not published yet: PATCH its onPremisesPublishing first.',
  )
}

/** 405; `allow` lists the methods of the resource (RFC 9110 §15.5.6). */
export function methodNotAllowed(allow: readonly string[]): Refusal {
  return new Refusal(
    405,
    'Request_BadRequest',
    'Specified HTTP method is not allowed for the request target.',
    { headers: { allow: allow.join(', ') } },
  )
}

/** 412: the resource is not what the caller took it for; nothing was changed (RFC 9110 §15.5.13). */
export function preconditionFailed(): Refusal {
  return new Refusal(
    412,
    'Request_PreconditionFailed',
    'The resource has changed since it was read, or is not there. Read it again, and send the change with its new ETag.',
    { innerCode: 'precondition-failed' },
  )
}

/** 429; the caller may come again in so many seconds. */
export function tooManyRequests(seconds: number): Refusal {
  return new Refusal(
    429,
    'TooManyRequests',
    `There are too many requests of this caller. Come again in ${seconds} s.`,
    { headers: { 'retry-after': String(seconds) }, innerCode: 'too-many-requests' },
  )
}

/** 401 (RFC 6750 §3). */
export function unauthenticated(message: string, error?: string): Refusal {
  return new Refusal(401, 'InvalidAuthenticationToken', message, {
    headers: { 'www-authenticate': error ? `Bearer error="${error}"` : 'Bearer' },
  })
}

/** 403. */
export function forbidden(message = insufficient): Refusal {
  return new Refusal(403, 'Authorization_RequestDenied', message)
}

/** 403 that names the permissions of which one is lacking. */
export function lacking(permissions: readonly string[]): Refusal {
  return lackingFor('', permissions)
}

/** The same with a sentence about what they are needed for. */
export function lackingFor(what: string, permissions: readonly string[]): Refusal {
  const needed = `It takes one of: ${permissions.join(', ')}.`
  return forbidden([insufficient, what, needed].filter((each) => each !== '').join(' '))
}

// The original's own sentence.
const insufficient = 'Insufficient privileges to complete the operation.'

// Seconds a client should wait: a busy database frees itself at once, a full disk needs a person.
const retryAfterSeconds: Partial<Record<FaultCode, number>> = {
  'storage-busy': 1,
  'storage-failed': 5,
  'storage-full': 60,
  overloaded: 1,
}

const faultCodes: Partial<Record<FaultCode, string>> = {
  'storage-full': 'InsufficientStorage',
  'not-found': 'Request_ResourceNotFound',
  conflict: 'Request_Conflict',
  'already-exists': 'Request_MultipleObjectsWithSameKeyValue',
  invalid: 'Request_BadRequest',
  'malformed-request': 'Request_BadRequest',
  'too-large': 'Request_EntityTooLarge',
  internal: 'InternalServerError',
}

/** Whatever was thrown as the refusal that answers it. */
export function asRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown
  const fault = asFault(thrown)
  const seconds = retryAfterSeconds[fault.code]
  // The original answers 400 to what is there already, not 409.
  const status = fault.code === 'already-exists' ? 400 : fault.status
  return new Refusal(status, faultCodes[fault.code] ?? 'ServiceUnavailable', fault.message, {
    innerCode: fault.code,
    cause: fault,
    headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
  })
}

/** Graph's error envelope. `at` is epoch milliseconds, `helpUrl` where more is said. */
export function errorBody(
  refusal: Refusal,
  ids: { requestId: string; clientRequestId: string },
  at: number,
  helpUrl: string | undefined,
): object {
  return {
    error: {
      code: refusal.code,
      message: refusal.message,
      ...(refusal.issues.length > 0 && {
        details: refusal.issues.map(({ code, message, path }) => ({ code, message, target: path })),
      }),
      innerError: {
        ...(refusal.innerCode !== undefined && { code: refusal.innerCode }),
        // The original writes this date without fraction and zone.
        date: new Date(at).toISOString().slice(0, 19),
        'request-id': ids.requestId,
        'client-request-id': ids.clientRequestId,
        ...(helpUrl !== undefined && { helpUrl }),
      },
    },
  }
}
