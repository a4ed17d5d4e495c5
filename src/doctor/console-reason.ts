import { type CorsError, mismatchOf, preflightErrors } from '../cors/browser.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { BrowserVerdict } from './reported-call.ts'

/** Why a browser says that it kept an answer from a page. */
export interface ConsoleReason {
  readonly corsError: CorsError | undefined
  readonly failedParameter: string
}

type Pattern = readonly [reason: RegExp, error: CorsError]

// The one group of a pattern is the value at fault.
const chromium: readonly Pattern[] = [
  [/^No 'Access-Control-Allow-Origin' header is present/, 'MissingAllowOriginHeader'],
  [
    /^The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard/,
    'WildcardOriginNotAllowed',
  ],
  [
    /^The 'Access-Control-Allow-Origin' header contains multiple values '(.*?)'/,
    'MultipleAllowOriginValues',
  ],
  [
    /^The 'Access-Control-Allow-Origin' header contains the invalid value '(.*?)'/,
    'InvalidAllowOriginValue',
  ],
  [
    /^The 'Access-Control-Allow-Origin' header has a value '(.*?)' that is not equal/,
    'AllowOriginMismatch',
  ],
  [
    /^The value of the 'Access-Control-Allow-Credentials' header in the response is '(.*?)'/,
    'InvalidAllowCredentials',
  ],
  [/^It does not have HTTP ok status/, 'PreflightInvalidStatus'],
  [/^Redirect is not allowed for a preflight request/, 'PreflightDisallowedRedirect'],
  [
    /^Method (\S+) is not allowed by Access-Control-Allow-Methods/,
    'MethodDisallowedByPreflightResponse',
  ],
  [
    /^Request header field (\S+) is not allowed by Access-Control-Allow-Headers/,
    'HeaderDisallowedByPreflightResponse',
  ],
  [
    /^Cannot parse Access-Control-Allow-Methods response header field/,
    'InvalidAllowMethodsPreflightResponse',
  ],
  [
    /^Cannot parse Access-Control-Allow-Headers response header field/,
    'InvalidAllowHeadersPreflightResponse',
  ],
  [/^Redirect location '.*' contains a username and password/, 'RedirectContainsCredentials'],
  [/^Cross origin requests are only supported for protocol schemes/, 'CorsDisabledScheme'],
]

// As a real one writes them (console-browsers.test.ts), and as MDN documents those before it under "CORS errors".
const firefox: readonly Pattern[] = [
  [/^CORS header .Access-Control-Allow-Origin. missing/, 'MissingAllowOriginHeader'],
  [/^CORS header .Access-Control-Allow-Origin. does not match .([^’']*)./, 'AllowOriginMismatch'],
  [
    /^Credential is not supported if the CORS header .Access-Control-Allow-Origin. is/,
    'WildcardOriginNotAllowed',
  ],
  [/^expected .true. in CORS header .Access-Control-Allow-Credentials/, 'InvalidAllowCredentials'],
  [/^Multiple CORS header .Access-Control-Allow-Origin. not allowed/, 'MultipleAllowOriginValues'],
  [/^CORS request external redirect not allowed/, 'PreflightDisallowedRedirect'],
  [
    /^Did not find method in CORS header .Access-Control-Allow-Methods/,
    'MethodDisallowedByPreflightResponse',
  ],
  [
    /^(?:missing token|header) .([^’']*). (?:in CORS header|is not allowed according to header) .Access-Control-Allow-Headers/,
    'HeaderDisallowedByPreflightResponse',
  ],
  [
    /^invalid token .([^’']*). in CORS header .Access-Control-Allow-Methods/,
    'InvalidAllowMethodsPreflightResponse',
  ],
  [
    /^invalid token .([^’']*). in CORS header .Access-Control-Allow-Headers/,
    'InvalidAllowHeadersPreflightResponse',
  ],
  [/^CORS preflight (?:channel|response) did not succeed/, 'PreflightInvalidStatus'],
  [/^CORS request not (?:HTTP|http)/, 'CorsDisabledScheme'],
]

// As a real WebKit writes them, whichever line of the console they stand in. It does not tell a preflight from the request.
const safari: readonly Pattern[] = [
  [/Preflight response is not successful/, 'PreflightInvalidStatus'],
  [/redirection URL \S+ has credentials/, 'RedirectContainsCredentials'],
  [/a cross-origin CORS redirection with non CORS scheme/, 'CorsDisabledScheme'],
  [/Cross origin requests are only supported for HTTP/, 'CorsDisabledScheme'],
  [
    /Header Access-Control-Allow-Methods has an invalid value/,
    'InvalidAllowMethodsPreflightResponse',
  ],
  [
    /Header Access-Control-Allow-Headers has an invalid value/,
    'InvalidAllowHeadersPreflightResponse',
  ],
  [
    /Method (\S+) is not allowed by Access-Control-Allow-Methods/,
    'MethodDisallowedByPreflightResponse',
  ],
  [
    /Request header field (\S+) is not allowed by Access-Control-Allow-Headers/,
    'HeaderDisallowedByPreflightResponse',
  ],
  [/Cannot use wildcard in Access-Control-Allow-Origin/, 'WildcardOriginNotAllowed'],
  [/Credentials flag is true, but Access-Control-Allow-Credentials/, 'InvalidAllowCredentials'],
  [/Access-Control-Allow-Origin cannot contain more than one origin/, 'MultipleAllowOriginValues'],
  // Of a field that is missing and of one that names somebody else Safari says the same.
  [/Origin \S+ is not allowed by Access-Control-Allow-Origin/, 'MissingAllowOriginHeader'],
]

const patterns = { Chromium: chromium, Firefox: firefox, Safari: safari } as const

const ofPreflight = "Response to preflight request doesn't pass access control check: "

/** The browser's reason in Chromium's names; `isPreflight`: the lines around it say so. */
export function readReason(
  browser: BrowserVerdict['browser'],
  reason: string,
  isPreflight = reason.startsWith(ofPreflight),
): ConsoleReason {
  const text = reason.startsWith(ofPreflight) ? reason.slice(ofPreflight.length) : reason
  for (const [pattern, error] of patterns[browser]) {
    const [found, failedParameter = ''] = pattern.exec(text) ?? []
    if (found === undefined) continue
    // Firefox has one sentence for three errors.
    const isOneOfThree = browser === 'Firefox' && error === 'AllowOriginMismatch'
    const named = isOneOfThree ? mismatchOf(failedParameter) : error
    return { corsError: (isPreflight && preflightErrors[named]) || named, failedParameter }
  }
  return { corsError: undefined, failedParameter: '' }
}

/** The fields of an answer that fails for this reason at a page of this origin; undefined: the reason does not tell. */
export function failingFields(reason: ConsoleReason, origin: string): RawHeaders | undefined {
  const { corsError, failedParameter: value } = reason
  const name = corsError?.replace(/^Preflight|Preflight(?=Response$)/, '') ?? ''
  return fieldsOfFailure[name]?.(origin, value)
}

const allowing = (origin: string, credentials = 'true'): RawHeaders => {
  const named = credentials === '' ? [] : ['Access-Control-Allow-Credentials', credentials]
  return ['Access-Control-Allow-Origin', origin, ...named]
}
const asNamed = (_: string, value: string): RawHeaders => allowing(value)

const fieldsOfFailure: Readonly<Record<string, (origin: string, value: string) => RawHeaders>> = {
  MissingAllowOriginHeader: () => [],
  WildcardOriginNotAllowed: () => allowing('*'),
  MultipleAllowOriginValues: asNamed,
  InvalidAllowOriginValue: asNamed,
  AllowOriginMismatch: asNamed,
  InvalidAllowCredentials: allowing,
  MethodDisallowedByResponse: (origin) => allowing(origin),
  HeaderDisallowedByResponse: (origin) => allowing(origin),
}
