import { compact, oneOf, type RawSearch, textOf } from '../parts/search.ts'

export const credentialsModes = ['include', 'same-origin', 'omit'] as const
export const callModes = ['cors', 'no-cors', 'webSocket'] as const

/** What the doctor is asked, as it stands in the URL: everything that decides, and no secret. */
export interface DoctorSearch {
  /** Of the page that calls; absent: a person opens the address. */
  readonly page?: string
  readonly target?: string
  readonly method?: string
  /** Names of the headers that the page sets, separated by commas. */
  readonly headers?: string
  readonly type?: string
  readonly credentials?: (typeof credentialsModes)[number]
  readonly mode?: (typeof callModes)[number]
  /** User principal name. */
  readonly person?: string
  readonly ip?: string
  /** The id of a request that the edge remembers, instead of all the rest. */
  readonly request?: string
}

/** Reads the question from the URL. */
export function doctorSearch(search: RawSearch): DoctorSearch {
  return compact({
    page: textOf(search, 'page'),
    target: textOf(search, 'target'),
    method: textOf(search, 'method'),
    headers: textOf(search, 'headers'),
    type: textOf(search, 'type'),
    credentials: oneOf(search, 'credentials', credentialsModes),
    mode: oneOf(search, 'mode', callModes),
    person: textOf(search, 'person'),
    ip: textOf(search, 'ip'),
    request: textOf(search, 'request'),
  })
}

/** The address without what may be a secret: user, query and fragment, which decide nothing. */
export function withoutSecrets(address: string): string {
  const trimmed = address.trim()
  const url = URL.parse(trimmed)
  if (!url) return trimmed.replace(/[?#].*$/s, '')
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  return url.href
}
