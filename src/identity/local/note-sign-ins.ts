import '../lts-flag.ts'
import type Provider from 'oidc-provider'
import { sessionLifetime } from '../provider-storage.ts'
import type { LocalParts } from './turn.ts'

const userAgentMaxLength = 512

/**
 * Keeps the list of people's sign-ins: a browser is on it while its session at the provider stands. `clientId`: whose
 * `sid` ties the sessions at applications to it.
 */
export function noteSignIns(provider: Provider, parts: LocalParts, clientId: string): void {
  const { signIns, addressOf, clock, log } = parts
  const failed = (error: unknown) => log.warn({ error }, 'the list of sign-ins is not up to date')
  provider.on('authorization.success', ({ req, oidc: { session } }) => {
    if (session?.accountId === undefined) return
    const now = clock()
    const signIn = {
      id: session.uid,
      personId: session.accountId,
      userAgent: (req.headers['user-agent'] ?? '').slice(0, userAgentMaxLength),
      address: addressOf(req),
      signedInAt: (session.loginTs ?? 0) * 1000,
      lastSeenAt: now,
      expiresAt: now + sessionLifetime(undefined, session) * 1000,
    }
    signIns.note(signIn, session.authorizations?.[clientId]?.sid).catch(failed)
  })
  provider.on('session.destroyed', ({ uid, accountId }) => {
    if (accountId !== undefined) signIns.end({ personId: accountId, only: uid }).catch(failed)
  })
}
