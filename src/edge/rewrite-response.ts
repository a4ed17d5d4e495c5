import type { CorsDecision } from '../cors/decide.ts'
import { dress } from '../cors/dress.ts'
import { type RawHeaders, trimOws, withoutFields } from '../http/headers.ts'
import { isEdgeCookie } from '../identity/edge-cookie.ts'
import type { ResponseHeaderRule } from '../publishing/application.ts'

/** The application's fields without cookies that pretend to be the edge's own. [S3] */
export function withoutEdgeCookies(headers: RawHeaders): RawHeaders {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    if (name.length !== 10 || name.toLowerCase() !== 'set-cookie') continue
    if (setsEdgeCookie(headers[i + 1] as string)) {
      return withoutFields(headers, (n, value) => n === 'set-cookie' && setsEdgeCookie(value))
    }
  }
  return headers
}

function setsEdgeCookie(value: string): boolean {
  // RFC 6265bis §5.6: a cookie without a name is sent back as its bare value, which then reads like a name.
  const named = trimOws(value).replace(/^=[ \t]*/, '')
  const equals = named.indexOf('=')
  return isEdgeCookie(trimOws(equals < 0 ? named : named.slice(0, equals)))
}

/** The administrator's response-header rules, in their order. [C14] */
export function applyHeaderRules(
  headers: RawHeaders,
  rules: readonly ResponseHeaderRule[],
): RawHeaders {
  let fields = headers
  for (const rule of rules) {
    const name = rule.name.toLowerCase()
    if (rule.action !== 'add') fields = withoutFields(fields, (present) => present === name)
    if (rule.action !== 'remove') fields = [...fields, rule.name, rule.value]
  }
  return fields
}

/** Rules first, then CORS: where a rule of the CORS kind applies, its fields are the only ones. [C9] [C14] */
export function dressAnswer(
  headers: RawHeaders,
  rules: readonly ResponseHeaderRule[],
  cors: CorsDecision,
): RawHeaders {
  return dress(cors, rules.length === 0 ? headers : applyHeaderRules(headers, rules))
}
