import * as client from 'openid-client'

/** Whether an answer of the provider broke the protocol, by openid-client's codes. */
export function breaksRule(thrown: unknown): boolean {
  return thrown instanceof client.ClientError && ruleBreaks.has(thrown.code ?? '')
}

/** Whether a token was signed with a key that is not known yet. */
export function isUnknownKey(thrown: unknown): boolean {
  return thrown instanceof client.ClientError && thrown.code === 'OAUTH_KEY_SELECTION_FAILED'
}

/** Whether a token is not good yet or no more, by our clock. */
export function isOfAnotherTime(thrown: unknown): boolean {
  return thrown instanceof client.ClientError && thrown.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'
}

// For a token or an answer that breaks the protocol; anything else is an outage.
const ruleBreaks: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JWT_USERINFO_EXPECTED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
])
