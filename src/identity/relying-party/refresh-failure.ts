import * as client from 'openid-client'
import type { Refreshed } from '../session/refreshed.ts'
import { describeFailure } from './provider-failure.ts'
import { breaksRule, isOfAnotherTime } from './rule-breaks.ts'

/** What a refresh that failed says: the provider's refusal, or whether the token may have been used. By code only. */
export function judgeRefreshFailure(thrown: unknown): Refreshed {
  const cause = describeFailure(thrown)
  if (thrown instanceof client.ResponseBodyError) {
    if (thrown.error === 'invalid_grant') return { refused: 'invalid-grant', cause }
    // Any other 4xx is about the client, not about the person, and comes before the token is looked at (RFC 6749 §5.2).
    return { unanswered: wasTurnedAway(thrown.status) ? 'unsent' : 'unknown', cause }
  }
  if (isOfAnotherTime(thrown)) return { unanswered: 'unknown', cause }
  if (breaksRule(thrown)) return { refused: 'rejected', cause }
  const unsent = chainOf(thrown).some(saysUnsent)
  return { unanswered: unsent ? 'unsent' : 'unknown', cause }
}

function wasTurnedAway(status: number): boolean {
  return status < 500 || status === 503
}

function saysUnsent(one: unknown): boolean {
  if (one instanceof Response) return wasTurnedAway(one.status)
  if (!(one instanceof Error) || !('code' in one) || typeof one.code !== 'string') return false
  return noConnection.has(one.code) || noTrust.test(one.code)
}

// The request never left: no name, no connection, or no trust in who answered.
const noConnection: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  'UND_ERR_CONNECT_TIMEOUT',
])
const noTrust = /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_|ERR_SSL_)/

// Errors of connections to several addresses stand side by side.
function chainOf(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = []
  for (let one = thrown; one !== undefined && chain.length < chainMaxLength; ) {
    chain.push(one)
    if (one instanceof AggregateError) chain.push(...one.errors)
    one = one instanceof Error ? one.cause : undefined
  }
  return chain
}

const chainMaxLength = 20
