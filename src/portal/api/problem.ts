/** One field that the API refused, under the path at which the request had it. */
export interface ProblemDetail {
  readonly code: string
  readonly message: string
  readonly target: string
}

interface ErrorBody {
  readonly error?: {
    readonly code?: string
    readonly message?: string
    readonly details?: readonly Partial<ProblemDetail>[]
    readonly innerError?: Readonly<Record<string, unknown>>
  }
}

/** A call that did not succeed, in the words of the API: a person reads the message, code branches on the codes. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  /** Sallyport's finer code, where it has one. */
  readonly innerCode: string | undefined
  readonly details: readonly ProblemDetail[]
  readonly requestId: string | undefined
  /** The page about the code, where there is one. */
  readonly helpUrl: string | undefined

  constructor(status: number, body: unknown, requestId?: string) {
    const { error } = (body ?? {}) as ErrorBody
    super(error?.message ?? wordsFor(status))
    this.name = 'ApiProblem'
    this.status = status
    this.code = error?.code ?? 'unknown'
    this.innerCode = textOf(error?.innerError?.['code'])
    this.requestId = textOf(error?.innerError?.['request-id']) ?? requestId
    this.helpUrl = pageOf(error?.innerError?.['helpUrl'])
    this.details = (error?.details ?? []).map(({ code = '', message = '', target = '' }) => ({
      code,
      message,
      target,
    }))
  }
}

/** No answer at all: the edge is not there, or the network is not. */
export const unreachable = 0

function wordsFor(status: number): string {
  if (status === unreachable)
    return 'The server does not answer. Is it running, and is this machine online?'
  return `The server answered with status ${status} and no explanation.`
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Only what a browser may open as a page: an answer of who knows what must lead nowhere else. */
function pageOf(value: unknown): string | undefined {
  const text = textOf(value)
  return text?.startsWith('https://') ? text : undefined
}

/**
 * What the API has against one field: the message of the first detail whose target ends with `path`, so that a form
 * need not know below which document its field was sent. Undefined when there is nothing.
 */
export function problemAt(problem: unknown, path: string): string | undefined {
  if (!(problem instanceof ApiProblem)) return undefined
  return problem.details.find(({ target }) => target === path || target.endsWith(`/${path}`))
    ?.message
}

/** What the API has against the members of a list, or the list itself: `allowedOrigins` and `allowedOrigins/0`. */
export function problemWithin(problem: unknown, path: string): string | undefined {
  if (!(problem instanceof ApiProblem)) return undefined
  const found = problem.details.filter(({ target }) => isWithin(target, path))
  return found.length === 0 ? undefined : found.map(({ message }) => message).join('; ')
}

function isWithin(target: string, path: string): boolean {
  return `/${target}/`.includes(`/${path}/`)
}

/** The details that belong to none of the fields a form shows. */
export function problemsElsewhere(problem: unknown, shown: readonly string[]): ProblemDetail[] {
  if (!(problem instanceof ApiProblem)) return []
  return problem.details.filter(({ target }) => !shown.some((path) => isWithin(target, path)))
}
