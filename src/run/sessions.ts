import { hkdfSync } from 'node:crypto'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import { Sessions } from '../identity/session/sessions.ts'
import { TokenVault } from '../identity/session/token-vault.ts'
import type { Keys } from './keys.ts'

/** The sessions of this directory, proven and sealed by the keys that are kept beside it. */
export function openSessions(
  directory: Pick<Directory, 'sessions'>,
  keys: Pick<Keys, 'sessionMac' | 'seal'>,
  log?: Log,
): Sessions {
  return new Sessions({
    store: directory.sessions,
    macKey: keys.sessionMac,
    vault: openTokenVault(keys),
    clock: systemClock,
    ...(log && { log }),
  })
}

/** What seals the tokens of sessions. */
export function openTokenVault({ seal }: Pick<Keys, 'seal'>): TokenVault {
  const key = new Uint8Array(hkdfSync('sha256', seal, '', 'sallyport session tokens', 32))
  return new TokenVault([key], systemClock)
}
