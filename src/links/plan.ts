import {
  fieldValue,
  fieldValues,
  listMembers,
  type RawHeaders,
  withoutFields,
} from '../http/headers.ts'
import { type Charset, charsetOf } from './charset.ts'
import { type Coding, codingOf, readableCodings } from './content-coding.ts'
import { holdsMarkedTag, markTag, restoreTags } from './entity-tag.ts'

/** How the body of an answer is to be read. */
export interface Plan {
  readonly language: Language
  /** As Content-Type tells it. */
  readonly charset: Charset | undefined
  readonly coding: Coding
}

export type Language = 'html' | 'xhtml' | 'css'

/** Why a body stays as it is. */
export type Untouched =
  | 'no-content'
  | 'partial'
  | 'not-html-or-css'
  | 'no-transform'
  | 'charset'
  | 'content-coding'

const languages: ReadonlyMap<string, Language> = new Map([
  ['text/html', 'html'],
  ['application/xhtml+xml', 'xhtml'],
  ['text/css', 'css'],
])

// RFC 9110 §6.4.1; 205, 206 and 226 are no whole representation, 304 has its own way in `describeAnswer`.
const withoutWhole: ReadonlyMap<number, Untouched> = new Map([
  [204, 'no-content'],
  [205, 'no-content'],
  [304, 'no-content'],
  [206, 'partial'],
  [226, 'partial'],
])

/** Whether the links in an answer's body are translated, and how; or why not. [F4] */
export function planBody(
  status: number,
  headers: RawHeaders,
): Plan | { readonly because: Untouched } {
  const whole = withoutWhole.get(status)
  if (whole || status < 200) return { because: whole ?? 'no-content' }
  const types = fieldValues(headers, 'content-type')
  const [type = ''] = types
  const language = languages.get((type.split(';')[0] as string).trim().toLowerCase())
  // Of several it is each reader's guess which counts.
  if (!language || types.length > 1) return { because: 'not-html-or-css' }
  if (forbidsTransform(headers)) return { because: 'no-transform' }
  const charset = charsetParameter(type)
  if (charset === 'opaque') return { because: 'charset' }
  const coding = codingOf(headers)
  return coding ? { language, charset, coding } : { because: 'content-coding' }
}

function charsetParameter(type: string): Charset | undefined {
  const parts = /;[ \t]*charset[ \t]*=[ \t]*(?:"([^"]*)"|([^;\s]*))/i.exec(type)
  const label = parts?.[1] ?? parts?.[2]
  return label ? charsetOf(label) : undefined
}

/** RFC 9110 §7.7. */
function forbidsTransform(headers: RawHeaders): boolean {
  const directives = listMembers(fieldValues(headers, 'cache-control'))
  return directives.some((directive) => directive.toLowerCase() === 'no-transform')
}

// What was said of the application's bytes and is not true of others: their number, digests, and parts.
const untrue: ReadonlySet<string> = new Set([
  'content-length',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
  'accept-ranges',
])

/** An answer's fields, or its trailers, as those of the translated body. `version` is that of what is published. */
export function describeTranslated(headers: RawHeaders, version: number): RawHeaders {
  const kept = withoutFields(headers, (name) => untrue.has(name))
  return mapField(kept, 'etag', (tag) => markTag(tag, version))
}

/** The fields of a 304 for a request with `asked` fields: it validates the body that the client has. */
export function describeNotModified(
  headers: RawHeaders,
  asked: RawHeaders,
  version: number,
): RawHeaders {
  const known = fieldValues(asked, 'if-none-match').some(holdsMarkedTag)
  return known ? describeTranslated(headers, version) : headers
}

/** A request's fields as the application gets them: it must answer in a coding and with validators of its own. */
export function prepareRequest(headers: RawHeaders, version: number): string[] {
  const stale = fieldValues(headers, 'if-none-match').some(
    (list) => list !== '' && restoreTags(list, version) === '',
  )
  // A part of what the application has cannot continue what the client has (RFC 9110 §13.1.5).
  const unfit = holdsMarkedTag(fieldValue(headers, 'if-range') ?? '')
  const kept = withoutFields(
    headers,
    (name) =>
      // Without the tag, the date alone would be compared: the page is as old, but its links are not.
      (stale && (name === 'if-none-match' || name === 'if-modified-since')) ||
      (unfit && (name === 'if-range' || name === 'range')),
  )
  const tagged = mapField(kept, 'if-none-match', (list) => restoreTags(list, version))
  const matched = mapField(tagged, 'if-match', (list) => restoreTags(list, undefined))
  return mapField(matched, 'accept-encoding', readableCodings)
}

function mapField(headers: RawHeaders, name: string, change: (value: string) => string): string[] {
  return headers.map((text, i) => {
    const isValue = i % 2 === 1 && headers[i - 1]?.toLowerCase() === name
    return isValue ? change(text) : text
  })
}
