import type { Clock } from '../../base/clock.ts'
import { Seal } from '../seal.ts'
import type { SessionTokens } from '../session.ts'

// A provider that lists two hundred groups needs 16 KiB for its ID token; one that needs four times as much is broken.
export const tokenMaxBytes = 64 * 1024
// ID token and refresh token, and a third more for base64url.
const sealedMaxLength = 4 * tokenMaxBytes

/** Seals the tokens of a session for the store. What was sealed for one session opens for no other. */
export class TokenVault {
  readonly #seal: Seal

  /** `keys`: 32 bytes each, the newest first; kept outside the store. */
  constructor(keys: readonly Uint8Array[], clock: Clock) {
    this.#seal = new Seal(keys, clock, sealedMaxLength)
  }

  seal(sessionId: string, tokens: SessionTokens): string {
    // They are gone with their session.
    return this.#seal.seal(purposeOf(sessionId), tokens, Number.MAX_SAFE_INTEGER / 2)
  }

  /** undefined for what another key or for another session was sealed. */
  open(sessionId: string, sealed: string): SessionTokens | undefined {
    const opened = this.#seal.open<Partial<SessionTokens>>(purposeOf(sessionId), sealed)
    if (opened.kind !== 'valid') return undefined
    const { idToken = '', refreshToken } = opened.value
    return { idToken, refreshToken } // JSON has no undefined
  }
}

function purposeOf(sessionId: string): string {
  return `session-tokens/1 ${sessionId}`
}
