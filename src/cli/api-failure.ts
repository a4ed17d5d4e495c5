import type { Answer } from './exchange.ts'
import { exitCodes, Failure } from './failure.ts'
import { listAt, type Resource, textAt, valueAt } from './resource.ts'

/** What was asked, for the sentence that says what went wrong with it. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly server: string
}

/** An answer of the API that is none of success, as it is told to a person. Branches on status and codes, not on words. */
export function apiFailure(answer: Answer, asked: Asked): Failure {
  const error = errorOf(answer)
  const base = {
    requestId: textAt(error, 'innerError/request-id') || answer.headers['request-id'],
    error,
  }
  if (answer.status === 401) {
    const said = textAt(error, 'message')
    return notSignedIn(asked.server, { ...base, details: said === '' ? [] : [said] })
  }
  const code = textAt(error, 'innerError/code') || textAt(error, 'code') || `http-${answer.status}`
  const said =
    textAt(error, 'message') || `${asked.method} ${asked.path} was answered ${answer.status}.`
  const details = listAt(error, 'details').map(
    (detail) => `${placeOf(detail)}${textAt(detail, 'message')} (${textAt(detail, 'code')})`,
  )
  const message = details.length > 0 ? 'The edge does not take this; nothing was changed.' : said
  if (answer.status === 403) return refused(said, asked, { ...base, code, details })
  if (answer.status === 412) {
    const now = 'Somebody else changed it meanwhile; nothing was changed. Look at it and try again.'
    return new Failure({ ...base, code, exitCode: exitCodes.failed, message: now })
  }
  const finerCode = textAt(error, 'details/0/code') || undefined
  return new Failure({ ...base, code, finerCode, details, exitCode: exitCodes.failed, message })
}

function placeOf(detail: Resource): string {
  const target = textAt(detail, 'target')
  return target === '' ? '' : `${target}: `
}

interface Base {
  readonly requestId: string | undefined
  readonly error: Resource
}

/** Nobody is signed in at this edge, or no longer. */
export function notSignedIn(
  server: string,
  base: Partial<Base> & { readonly details?: readonly string[] } = {},
): Failure {
  return new Failure({
    ...base,
    code: 'not-signed-in',
    exitCode: exitCodes.notSignedIn,
    message: `You are not signed in at ${server}, or no longer.`,
    details: [
      ...(base.details ?? []),
      'On the edge’s own machine --data <folder> will do instead.',
    ],
    fix: `sallyport sign-in --server ${server}`,
  })
}

function refused(
  said: string,
  asked: Asked,
  base: Base & { readonly code: string; readonly details: readonly string[] },
): Failure {
  return new Failure({
    ...base,
    exitCode: exitCodes.refused,
    message: said,
    details: [
      ...base.details,
      `${asked.method} ${asked.path} needs a permission that you do not have.`,
    ],
    fix: 'sallyport whoami',
  })
}

function errorOf(answer: Answer): Resource {
  try {
    const error = valueAt(JSON.parse(answer.text), 'error')
    if (typeof error === 'object' && error !== null) return error as Resource
    return typeof error === 'string' ? { code: error, message: error } : {}
  } catch {
    // Whatever stands before the edge may answer with a page.
    return {}
  }
}
