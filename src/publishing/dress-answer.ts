import type { CorsDecision } from '../cors/decide.ts'
import { dress } from '../cors/dress.ts'
import { type RawHeaders, withoutFields } from '../http/headers.ts'
import type { ResponseHeaderRule } from './application.ts'

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
