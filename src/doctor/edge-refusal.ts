import { type Finding, type FindingId, finding } from './findings.ts'
import type { Hop } from './hops.ts'
import type { PageCall } from './page-call.ts'
import { readRequest } from './request.ts'
import { cookieKept } from './session-cookie.ts'

/** What the edge itself refuses, whether or not the page may read it. */
export function edgeRefusal({ actual }: Hop, call: PageCall): readonly Finding[] {
  const { ending, steps } = actual.explanation
  if (actual.by !== 'edge' || ending.kind !== 'answered' || ending.code === undefined) return []
  const step = steps.findLast(({ verdict }) => verdict === 'refused')
  const facts = { actual: [':status', String(ending.status)], subject: step?.subject }
  const { code } = ending
  const id =
    code === 'signed-out' && step?.step !== 'policy' ? whySignedOut(actual, call) : idOf(code)
  return [finding(id, 'error', step?.reason ?? code, facts)]
}

function idOf(code: string): FindingId {
  return code.startsWith('token-') ? 'token-refused' : (idByCode[code] ?? 'request-refused')
}

const idByCode: Readonly<Record<string, FindingId>> = {
  'unknown-path': 'path-not-published',
  'segment-not-listed': 'segment-not-listed',
  'no-segments': 'no-segments',
  'malformed-request': 'request-refused',
  maintenance: 'in-maintenance',
  'application-disabled': 'application-disabled',
  'not-assigned': 'not-assigned',
  'blocked-by-policy': 'blocked-by-policy',
  'signed-out': 'stronger-sign-in-needed',
  'insufficient-user-authentication': 'stronger-sign-in-needed',
  'websocket-origin-not-allowed': 'web-socket-origin',
}

function whySignedOut({ explanation: { found, asked } }: Hop['actual'], call: PageCall): FindingId {
  const request = readRequest(asked)
  const kept = found && !('because' in request) && cookieKept(request, found.route.application)
  const isThere = call.visitor.kind !== 'nobody'
  if (isThere && kept === 'omitted') return 'credentials-omitted'
  if (isThere && kept === 'not-included') return 'credentials-not-included'
  if (isThere && kept === 'cross-site') return 'cookie-cross-site'
  return call.visitor.kind === 'expired' ? 'session-expired' : 'signed-out'
}
