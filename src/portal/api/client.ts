import { ApiProblem, unreachable } from './problem.ts'

/** One changing call of the management API: what a form sends, what a doctor offers, what is shown as curl. */
export interface Change {
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Below `/beta`, with its leading slash. What the API offers has `/beta` before it, which counts for nothing. */
  readonly path: string
  readonly body?: unknown
  /** The same as part of a configuration document, where such a document can say it. */
  readonly document?: object
  /** What it does, in one line that can stand in a toast: `Published Wiki`. */
  readonly summary: string
  /** Nothing is kept that could be taken back, as of passwords: no undo is offered. */
  readonly isFinal?: true
}

/** What a changing call answered. */
export interface Changed {
  /** The parsed answer, undefined for 204. */
  readonly value: unknown
  /** The revision that the change made, where the server told: what an undo rolls back. */
  readonly revisionId: string | undefined
}

export interface ChangeOptions {
  /** Why, for the audit trail. */
  readonly reason?: string
  /** The `@odata.etag` of what was read: refused with 412 when somebody else changed it since. */
  readonly etag?: string | undefined
}

/** Asks the person to sign in again; resolves when they have. The shell sets it. */
export type SignInAgain = (signInUrl: string | undefined) => Promise<void>

const root = '/api/beta'

let signInAgain: SignInAgain = () => new Promise(() => location.reload())

/** Sets who is asked when the session has ended. Calls under way wait for it and are sent again: no form is lost. */
export function onSessionEnd(ask: SignInAgain): void {
  signInAgain = ask
}

/** GET of one resource. An ETag of the answer is there as `@odata.etag`. Throws ApiProblem. */
export async function readApi<Resource>(path: string, signal?: AbortSignal): Promise<Resource> {
  const response = await send(path, { signal: signal ?? null })
  const body = (await parse(response)) as Resource
  const etag = response.headers.get('etag')
  if (etag === null || typeof body !== 'object' || body === null) return body
  return { '@odata.etag': etag, ...body }
}

// More than a person scrolls through; a list that long wants a filter.
const listMax = 2000

/** GET of a whole collection, page by page, up to 2,000 members. Throws ApiProblem. */
export async function listApi<Resource>(path: string, signal?: AbortSignal): Promise<Resource[]> {
  const found: Resource[] = []
  for (let next: string | undefined = path; next !== undefined && found.length < listMax; ) {
    const page: ListPage<Resource> = await readApi(next, signal)
    found.push(...page.value)
    next = ownPath(page['@odata.nextLink'])
  }
  return found
}

interface ListPage<Resource> {
  readonly value: readonly Resource[]
  readonly '@odata.nextLink'?: string
}

/** The next link names the API's public address; the portal asks its own host for the same. */
export function ownPath(nextLink: string | undefined): string | undefined {
  if (nextLink === undefined) return undefined
  const url = new URL(nextLink)
  return url.pathname.replace(/^.*?\/(?:beta|v1\.0)(?=\/)/, '') + url.search
}

/** Sends a change. Throws ApiProblem. */
export async function sendChange(change: Change, options: ChangeOptions = {}): Promise<Changed> {
  const headers = new Headers({ 'X-Sallyport-Portal': '1' })
  if (change.body !== undefined) headers.set('Content-Type', 'application/json')
  if (options.reason) headers.set('X-Change-Reason', options.reason)
  if (options.etag !== undefined) headers.set('If-Match', options.etag)
  const body = change.body === undefined ? null : JSON.stringify(change.body)
  const response = await send(change.path, { method: change.method, headers, body })
  const revisionId = response.headers.get('sallyport-revision') ?? undefined
  return { value: await parse(response), revisionId }
}

/** POST that changes nothing and answers something, such as a what-if. Throws ApiProblem. */
export async function askApi<Answer>(path: string, body: unknown): Promise<Answer> {
  const sent = await sendChange({ method: 'POST', path, body, summary: '' })
  return sent.value as Answer
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await reach(path, init)
  if (response.status === 401) {
    const body = (await response.json().catch(() => undefined)) as SignedOut | undefined
    await signInAgain(body?.signInUrl ?? body?.error?.innerError?.signInUrl)
    return accepted(await reach(path, init))
  }
  return accepted(response)
}

interface SignedOut {
  readonly signInUrl?: string
  readonly error?: { readonly innerError?: { readonly signInUrl?: string } }
}

/** A path of the API without the version that it may begin with. */
export function belowVersion(path: string): string {
  return path.replace(/^\/beta(?=\/)/, '')
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(root + belowVersion(path), {
      ...init,
      credentials: 'same-origin',
      redirect: 'error',
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiProblem(unreachable, undefined)
  }
}

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response
  const body = await response.json().catch(() => undefined)
  throw new ApiProblem(response.status, body, response.headers.get('request-id') ?? undefined)
}

async function parse(response: Response): Promise<unknown> {
  if (response.status === 204 || response.headers.get('content-length') === '0') return undefined
  const text = await response.text()
  return text === '' ? undefined : JSON.parse(text)
}
