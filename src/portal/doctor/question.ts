import { type DoctorSearch, withoutSecrets } from './search.ts'

/** What `doctor/examine` is asked. */
export interface ExamineBody {
  readonly pageUrl: string
  readonly targetUrl: string
  readonly method: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly contentType?: string
  readonly credentials?: string
  readonly mode?: string
  readonly userPrincipalName?: string
  readonly ipAddress?: string
}

/** What `doctor/explain` is asked. */
export interface ExplainBody {
  readonly request: {
    readonly url: string
    readonly method: string
    readonly mode: 'navigate'
    readonly userPrincipalName?: string
    readonly ipAddress?: string
  }
}

/** A question is about a call of a page, or about somebody who opens an address. */
export type Question =
  | { readonly kind: 'call'; readonly body: ExamineBody }
  | { readonly kind: 'visit'; readonly body: ExplainBody }

/** What the API is asked; undefined while the most important thing is missing. */
export function questionOf(search: DoctorSearch): Question | undefined {
  const { page, target, method = 'GET', headers = '', type, credentials, mode } = search
  if (target === undefined) return undefined
  const who = {
    ...(search.person !== undefined && { userPrincipalName: search.person }),
    ...(search.ip !== undefined && { ipAddress: search.ip }),
  }
  if (page === undefined) {
    return { kind: 'visit', body: { request: { url: target, method, mode: 'navigate', ...who } } }
  }
  const body: ExamineBody = {
    pageUrl: page,
    targetUrl: target,
    method,
    headers: namesOf(headers).map((name) => ({ name, value: anyValue })),
    ...(type !== undefined && { contentType: type }),
    ...(credentials !== undefined && { credentials }),
    ...(mode !== undefined && { mode }),
    ...who,
  }
  return { kind: 'call', body }
}

// CORS asks about names; values that matter are those of Content-Type, which has a field of its own.
const anyValue = '1'

function namesOf(headers: string): readonly string[] {
  return headers.split(/[\s,]+/).filter((name) => name !== '')
}

/** The question as it may stand in a URL that somebody sends to somebody else. */
export function shareable(search: DoctorSearch): DoctorSearch {
  const { page, target } = search
  return {
    ...search,
    ...(page !== undefined && { page: withoutSecrets(page) }),
    ...(target !== undefined && { target: withoutSecrets(target) }),
  }
}
