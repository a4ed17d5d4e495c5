import { asFault } from '../../base/fault.ts'
import type { Log } from '../../base/log.ts'
import type { Revocation } from '../session.ts'

const firstPauseMs = 500
// A revocation is to be known everywhere within 5 s of the moment when the store can be written to again. [S9]
const pauseMaxMs = 4_000
// Whoever asked was told that it failed, and will ask again; these are for those who do not.
const pendingMax = 10_000

/** Revocations that the store could not take: tried again until it can. [N3] */
export class PendingRevocations {
  readonly #revoke: (which: Revocation) => Promise<unknown>
  readonly #log: Log
  #pending: Revocation[] = []
  #pauseMs = firstPauseMs
  #timer: NodeJS.Timeout | undefined

  constructor(revoke: (which: Revocation) => Promise<unknown>, log: Log) {
    this.#revoke = revoke
    this.#log = log
  }

  add(which: Revocation): void {
    if (this.#pending.length >= pendingMax) return
    this.#pending.push(which)
    this.#timer ??= this.#wait()
  }

  #wait(): NodeJS.Timeout {
    return setTimeout(() => this.#tryAll(), this.#pauseMs).unref()
  }

  async #tryAll(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        await this.#revoke(this.#pending[0] as Revocation)
        this.#pending.shift()
      }
      this.#pauseMs = firstPauseMs
      this.#timer = undefined
    } catch (thrown) {
      const facts = { code: asFault(thrown).code, pending: this.#pending.length }
      this.#log.warn(
        facts,
        'sessions that were to end live on until the database can be written to',
      )
      this.#pauseMs = Math.min(pauseMaxMs, this.#pauseMs * 2)
      this.#timer = this.#wait()
    }
  }
}
