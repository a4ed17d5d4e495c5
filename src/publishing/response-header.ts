import type { Issue, Parsed } from '../base/check.ts'
import { fieldValuePattern, tokenPattern, trimOws } from '../http/headers.ts'
import type { ResponseHeaderRule } from './application.ts'

// Each rule costs every answer a pass over its fields.
export const maxResponseHeaderRules = 50

// These frame the message or belong to one hop; changing them would break the answer, not dress it (RFC 9110 §7.6.1).
const untouchable: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Response-header rules as somebody wrote them, or every issue. [C14] */
export function parseResponseHeaders(
  rules: readonly ResponseHeaderRule[],
  path: string,
): Parsed<readonly ResponseHeaderRule[]> {
  if (rules.length > maxResponseHeaderRules) {
    const message = `at most ${maxResponseHeaderRules} rules fit here`
    return { issues: [{ path, code: 'too-many', message }] }
  }
  const issues = rules.flatMap((rule, index) => ruleIssues(rule, `${path}/${index}`))
  return issues.length > 0 ? { issues } : { value: rules }
}

function ruleIssues(rule: ResponseHeaderRule, path: string): Issue[] {
  const issues: Issue[] = []
  const say = (field: string, code: string, message: string) =>
    issues.push({ path: `${path}/${field}`, code, message })
  if (!tokenPattern.test(rule.name)) say('name', 'header-name', `"${rule.name}" is no header name`)
  if (untouchable.has(rule.name.toLowerCase())) {
    say('name', 'header-reserved', `${rule.name} frames the message and cannot be changed`)
  }
  if (rule.action === 'remove') return issues
  if (!fieldValuePattern.test(rule.value) || trimOws(rule.value) !== rule.value) {
    say('value', 'header-value', 'must have no control characters and no space at its ends')
  }
  return issues
}
