import type { Issue, Parsed } from '../base/check.ts'
import { tokenPattern, trimOws } from '../http/headers.ts'
import { hopByHop } from '../http/hop.ts'

/** What an application is told about who is there: header-based single sign-on, and a signed assertion. [S12] */
export interface IdentityHeaders {
  /** Off: the headers are kept, and nothing is sent. */
  readonly enabled: boolean
  readonly headers: readonly IdentityHeader[]
  readonly encoding: ValueEncoding
  /** The JWT in `X-Sallyport-Assertion`, whatever `enabled` says. */
  readonly assertion: boolean
}

export interface IdentityHeader {
  readonly name: string
  readonly source: HeaderSource
  /** The name of the attribute or claim, the constant, or what of a group is told. */
  readonly value: string
  readonly transformation: Transformation
  /** Between the members of a list. */
  readonly separator: string
}

export const headerSources = ['attribute', 'claim', 'constant', 'groups', 'roles'] as const
export type HeaderSource = (typeof headerSources)[number]

export const transformations = ['none', 'extractMailPrefix', 'toLowercase', 'toUppercase'] as const
export type Transformation = (typeof transformations)[number]

/** How a value is written that has more than ASCII in it (docs/header-sign-on.md). */
export const valueEncodings = ['percent', 'utf8', 'base64'] as const
export type ValueEncoding = (typeof valueEncodings)[number]

/** What the directory knows of a person. */
const identityAttributes = [
  'id',
  'userPrincipalName',
  'displayName',
  'mail',
  'mailNickname',
] as const

/** What of a group is told; `all…`: also of groups that have nothing to do with the application. */
const groupValues = ['displayName', 'id', 'allDisplayNames', 'allIds'] as const

export const noIdentityHeaders: IdentityHeaders = {
  enabled: false,
  headers: [],
  encoding: 'percent',
  assertion: false,
}

/** Carries the signed assertion. */
export const assertionHeader = 'X-Sallyport-Assertion'

// Each costs every first request of a session a look at its claims, and every request its bytes.
const maxHeaders = 50
const maxNameLength = 64
const maxValueLength = 256
// No letters, digits or `%`: a separator must not be found within an escape.
const separatorPattern = /^[ !-$&-/:-@[-`{-~]{1,8}$/
const constantPattern = /^[\x20-\x7e]*$/

// What frames, routes, authenticates or describes the message, and what the edge says in another way.
const reserved =
  /^(?:host|cookie|authorization|origin|referer|user-agent|date|via|trailer|expect|range|pragma|cache-control|max-forwards|forwarded|x-request-id|set-cookie|(?:content|sec|if|accept|access-control|proxy|x-forwarded|x-sallyport)-.*|accept)$/

/**
 * The mapping as somebody wrote it, or every issue. Paths are relative to it: `/headers/0/name`. [S12]
 */
export function parseIdentityHeaders(
  input: IdentityHeaders,
  path: string,
): Parsed<IdentityHeaders> {
  const message = `at most ${maxHeaders} headers fit here`
  const tooMany = { path: `${path}/headers`, code: 'too-many', message }
  const seen = new Set<string>()
  const issues = input.headers.slice(0, maxHeaders).flatMap((header, index) => {
    const at = `${path}/headers/${index}`
    return [...nameIssues(header.name, `${at}/name`, seen), ...valueIssues(header, at)]
  })
  if (input.headers.length > maxHeaders) issues.push(tooMany)
  return issues.length > 0 ? { issues } : { value: input }
}

/**
 * The name as an application may read it: CGI, WSGI, PHP and ASP make one of `-`, `_` and `.`, so what differs in these
 * alone is the same header.
 */
export function foldHeaderName(name: string): string {
  return name.toLowerCase().replace(/[_.]/g, '-')
}

function nameIssues(name: string, path: string, seen: Set<string>): Issue[] {
  const folded = foldHeaderName(name)
  if (!tokenPattern.test(name) || name.length > maxNameLength) {
    const message = `must be a header name of at most ${maxNameLength} characters`
    return [{ path, code: 'header-name', message }]
  }
  if (reserved.test(folded) || hopByHop.has(folded)) {
    const message = `${name} has a meaning of its own and cannot say who is there`
    return [{ path, code: 'header-reserved', message }]
  }
  if (seen.has(folded)) {
    const message = `applications may take ${name} for one that stands here already`
    return [{ path, code: 'header-twice', message }]
  }
  seen.add(folded)
  return []
}

function valueIssues(header: IdentityHeader, path: string): Issue[] {
  const issues: Issue[] = []
  const say = (field: string, code: string, message: string) =>
    issues.push({ path: `${path}/${field}`, code, message })
  const { source, value, separator } = header
  if (value.length > maxValueLength) {
    say('value', 'too-long', `must have at most ${maxValueLength} characters`)
  }
  if (!separatorPattern.test(separator)) {
    say(
      'separator',
      'header-separator',
      'must be one to eight ASCII signs or spaces, without letters, digits and %',
    )
  }
  const choices: readonly string[] | undefined = known[source]
  if (choices && !choices.includes(value)) {
    say('value', 'unknown-value', `must be one of ${choices.join(', ')}`)
  }
  if (source === 'claim' && value === '') say('value', 'required', 'name a claim')
  if (source === 'constant' && (!constantPattern.test(value) || trimOws(value) !== value)) {
    say('value', 'header-value', 'must be ASCII with no space at its ends')
  }
  return issues
}

const known: Partial<Record<HeaderSource, readonly string[]>> = {
  attribute: identityAttributes,
  groups: groupValues,
}

/** The mapping as the path of a request uses it. */
export interface IdentityPlan {
  readonly headers: readonly IdentityHeader[]
  readonly encoding: ValueEncoding
  readonly assertion: boolean
  /** Folded names that only the edge may send. */
  readonly names: ReadonlySet<string>
}

/** undefined: the application is told nothing, and believes nothing that the edge would have to take out. */
export function compileIdentityHeaders(mapping: IdentityHeaders): IdentityPlan | undefined {
  const { enabled, headers, encoding, assertion } = mapping
  if (headers.length === 0 && !assertion) return undefined
  // Whoever switched the mapping off for a while has an application that still believes the headers.
  const names = new Set(headers.map(({ name }) => foldHeaderName(name)))
  return { headers: enabled ? headers : [], encoding, assertion, names }
}
