import { signedInAs } from '../fixture-signed-in.ts'
import type { Refreshed } from '../session/refreshed.ts'
import type { Session, SessionTokens } from '../session.ts'

/** A provider that hands out refresh tokens, each good for one use, and notes them. */
export class RefreshingProvider {
  readonly used: string[] = []
  next = 1
  /** What it answers instead; a promise is waited for first. */
  answer: Refreshed | undefined
  gate: Promise<void> | undefined

  readonly refresh = async (_: Session, tokens: SessionTokens): Promise<Refreshed> => {
    const { refreshToken = '' } = tokens
    this.used.push(refreshToken)
    await this.gate
    if (this.answer) return this.answer
    if (this.used.filter((token) => token === refreshToken).length > 1) {
      return { refused: 'invalid-grant', cause: 'used twice' }
    }
    const signedIn = signedInAs('p', { idToken: `id ${this.next}`, claims: { turn: this.next } })
    return { signedIn, refreshToken: `r${this.next++}` }
  }
}
