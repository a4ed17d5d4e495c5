import type { Answer } from '../http/answer.ts'
import { fieldValue, type RawHeaders } from '../http/headers.ts'
import { ownAnswerHeaders } from '../http/page.ts'

/** A redirect that is followed with GET; nothing about it is stored or told to the next host. */
export function redirectTo(location: string, setCookies: readonly string[] = []): Answer {
  const cookies = setCookies.flatMap((cookie) => ['Set-Cookie', cookie])
  return { status: 302, headers: ['Location', location, ...ownAnswerHeaders, ...cookies], body: '' }
}

/** A small JSON answer. */
export function jsonAnswer(status: number, body: object, headers: RawHeaders = []): Answer {
  return {
    status,
    headers: ['Content-Type', 'application/json', ...ownAnswerHeaders, ...headers],
    body: JSON.stringify(body),
  }
}

/** The only value of a query parameter; undefined when absent, `'several'` kept apart because readers could differ. */
export function oneParameter(
  url: URL,
  name: string,
): { readonly value: string | undefined } | 'several' {
  const values = url.searchParams.getAll(name)
  return values.length > 1 ? 'several' : { value: values[0] }
}

/** Does a browser with Fetch Metadata say that it navigates? Then it runs scripts and keeps fragments. */
export function saysNavigate(headers: RawHeaders): boolean {
  return fieldValue(headers, 'sec-fetch-mode') === 'navigate'
}

/** Fields that let a page of `origin` read the answer to a call with its cookies. */
export function readableBy(origin: string): RawHeaders {
  return [
    'Access-Control-Allow-Origin',
    origin,
    'Access-Control-Allow-Credentials',
    'true',
    'Vary',
    'Origin',
  ]
}

/** The answer with these Set-Cookie values as well. */
export function withCookies(answer: Answer, cookies: readonly string[]): Answer {
  const added = cookies.flatMap((cookie) => ['Set-Cookie', cookie])
  return { ...answer, headers: [...answer.headers, ...added] }
}
