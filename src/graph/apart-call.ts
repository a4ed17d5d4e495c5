import type { Asked } from './answer-route.ts'
import type { Reply } from './call.ts'
import { Refusal } from './refusal.ts'
import type { Route } from './route.ts'
import type { PlainRefusal, Workshop } from './workshop.ts'

/** The answer of a route that takes long, made where nobody else has to wait for it. */
export async function answerApart(
  workshop: Workshop,
  { request, keys, path, caller }: Asked,
  route: Route,
  baseUrl: string,
): Promise<Reply> {
  const { signal } = request
  const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined
  const call = { method: route.method, path: route.path, url: request.url, body, keys, caller }
  const headers = [...request.headers].filter(([name]) => !isSecret(name))
  const { version } = path
  const answer = await workshop.answer({ ...call, headers, version, baseUrl }, signal)
  if ('refusal' in answer) {
    const { status, code, message, innerCode, ...more } = answer.refusal
    throw new Refusal(
      status,
      code,
      message,
      innerCode === undefined ? more : { ...more, innerCode },
    )
  }
  const { json, ...head } = answer
  return json ? { ...head, json } : head
}

function isSecret(name: string): boolean {
  return name === 'authorization' || name === 'cookie'
}

/** A refusal as it goes from thread to thread. */
export function toPlain(refusal: Refusal): PlainRefusal {
  const { status, code, message, innerCode, headers, issues, cause } = refusal
  // The stack is for the log; what else hangs on an error may not be data.
  const told =
    cause instanceof Error
      ? Object.assign(new Error(cause.message), { stack: cause.stack })
      : undefined
  return { status, code, message, innerCode, headers: { ...headers }, issues, cause: told }
}
