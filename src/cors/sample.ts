import { failed } from '../base/check.ts'
import {
  type CorsDecision,
  type CorsRequest,
  type CorsScope,
  compileCors,
  decideCors,
} from './decide.ts'
import { type CorsRule, type CorsRuleInput, parseCorsRule } from './rule.ts'

// For tests: a page at `home` calls the segment at `own`.

export const home = 'https://home.contoso.net'
export const own = 'https://assets.contoso.net'

export const scope: CorsScope = {
  ownOrigins: [own],
  resourceBase: '/',
  siblingOrigins: [],
  answersPreflights: true,
}

export function rule(input: CorsRuleInput): CorsRule {
  const parsed = parseCorsRule({ id: 'r', resource: '/', ...input }, '', () => 'new')
  if (failed(parsed)) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

export const preflight: CorsRequest = {
  method: 'OPTIONS',
  path: '/',
  origin: home,
  requestMethod: 'PUT',
  requestHeaders: undefined,
}
export const actual: CorsRequest = { ...preflight, method: 'PUT', requestMethod: undefined }

export function decide(
  rules: readonly CorsRuleInput[],
  request: Partial<CorsRequest>,
  change: Partial<CorsScope> = {},
): CorsDecision {
  const base = request.method && request.method !== 'OPTIONS' ? actual : preflight
  const policy = compileCors(rules.map(rule), { ...scope, ...change })
  return decideCors(policy, { ...base, ...request })
}

export function outcome(decision: CorsDecision): string {
  if (decision.kind === 'none') return decision.varyOrigin ? 'none, vary' : 'none'
  return decision.allowed
    ? `${decision.kind} allowed`
    : `${decision.kind} refused: ${decision.because.code}`
}

export const put: CorsRuleInput = { allowedOrigins: [home], allowedMethods: ['PUT'] }
export const everything: CorsRuleInput = {
  allowedOrigins: ['*'],
  allowedMethods: ['*'],
  allowedHeaders: ['*'],
}
