import type { Issue, Parsed } from '../base/check.ts'
import { type Call, type Reply, readBody } from './call.ts'
import { type BatchBody, type BatchRequest, batchBody } from './shape/batch.ts'
import { issueAt, parseBody } from './shape/body.ts'

interface BatchResponse {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/**
 * POST /$batch: each request as if it had come alone, after those that it depends on; 200 with an answer for each. They are
 * not one transaction, as in the original.
 */
export async function answerBatch(call: Call): Promise<Reply> {
  const { requests } = await readBody(call, readBatch)
  const responses = new Map<string, BatchResponse>()
  for (const request of inOrder(requests)) {
    const failed = request.dependsOn?.some((id) => (responses.get(id)?.status ?? 0) >= 400)
    responses.set(request.id, failed ? failedDependency(request) : await answerOne(call, request))
  }
  return { status: 200, body: { responses: [...responses.values()] } }
}

function readBatch(body: unknown): Parsed<BatchBody> {
  const parsed = parseBody(batchBody, body)
  if ('issues' in parsed) return parsed
  const issues = orderIssues(parsed.value.requests)
  return issues.length > 0 ? { issues } : parsed
}

function orderIssues(requests: readonly BatchRequest[]): Issue[] {
  const ids = requests.map(({ id }) => id)
  const issues = requests.flatMap(({ id, dependsOn = [] }, at) => [
    ...(ids.indexOf(id) < at ? [issueAt(`requests/${at}/id`, 'id-twice', 'is there already')] : []),
    ...dependsOn.flatMap((other, place) => {
      const path = `requests/${at}/dependsOn/${place}`
      return ids.includes(other) ? [] : [issueAt(path, 'unknown-request', 'is no id of a request')]
    }),
  ])
  if (issues.length > 0 || inOrder(requests).length === requests.length) return issues
  return [issueAt('requests', 'circle', 'must not wait for each other')]
}

/** Those that can be answered, each behind what it depends on; in the order they were sent in otherwise. */
function inOrder(requests: readonly BatchRequest[]): readonly BatchRequest[] {
  const done = new Set<string>()
  const ordered: BatchRequest[] = []
  const isReady = ({ id, dependsOn = [] }: BatchRequest) =>
    !done.has(id) && dependsOn.every((other) => done.has(other))
  for (;;) {
    const next = requests.find(isReady)
    if (!next) return ordered
    done.add(next.id)
    ordered.push(next)
  }
}

// The token is that of the batch, and so is the reason if a request gives none.
const inherited = ['authorization', 'x-change-reason', 'client-request-id']

async function answerOne(call: Call, request: BatchRequest): Promise<BatchResponse> {
  const outer = call.request.headers
  const headers = new Headers(inherited.map((name) => [name, outer.get(name) ?? '']))
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value)
  const hasBody = request.body !== undefined
  if (hasBody && !headers.has('content-type')) headers.set('content-type', 'application/json')
  const path = request.url.startsWith('/') ? request.url : `/${request.url}`
  const answer = await call.dispatch(
    new Request(new URL(`/${call.version}${path}`, call.request.url), {
      method: request.method,
      headers,
      ...(hasBody && { body: JSON.stringify(request.body) }),
    }),
  )
  return { id: request.id, ...(await readAnswer(answer)) }
}

async function readAnswer(answer: Response): Promise<Omit<BatchResponse, 'id'>> {
  const { status } = answer
  const headers = Object.fromEntries(answer.headers)
  const type = answer.headers.get('content-type') ?? ''
  if (answer.body === null) return { status, headers }
  if (type.startsWith('application/json')) return { status, headers, body: await answer.json() }
  if (type.startsWith('text/plain')) return { status, headers, body: await answer.text() }
  // What goes on for ever has no place among answers that are told together.
  await answer.body.cancel()
  return refusal(400, 'Request_BadRequest', 'The answer to this request is no JSON: send it alone.')
}

function failedDependency({ id }: BatchRequest): BatchResponse {
  const message = 'A request that this one depends on failed.'
  return { id, ...refusal(424, 'FailedDependency', message) }
}

function refusal(status: number, code: string, message: string): Omit<BatchResponse, 'id'> {
  const headers = { 'content-type': 'application/json' }
  return { status, headers, body: { error: { code, message } } }
}
