import type { Answer } from '../http/answer.ts'

/** A page as a response. */
export function toResponse({ status, headers, body }: Answer): Response {
  const fields = new Headers()
  for (let i = 0; i < headers.length; i += 2) {
    fields.append(headers[i] as string, headers[i + 1] as string)
  }
  return new Response(body, { status, headers: fields })
}
