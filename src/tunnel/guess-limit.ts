import { networkOf } from '../http/network.ts'

/** Wrong enrolment tokens that one address may send in a minute: more than people mistype, nothing for a search. */
const guessesPerWindow = 10
const windowMs = 60_000

/** Addresses remembered; the oldest make room, so whoever has as many gains ten guesses each at 2^-256. */
const addressesMax = 10_000

/** Counts wrong enrolment tokens by address, over fixed minutes, with those of the edge's other processes. [K1] */
export class GuessLimit {
  readonly #announce: (network: string) => void
  #guesses = new Map<string, number>()
  #window = 0

  /** `announce` tells the other processes where a wrong token came from. */
  constructor(announce: (network: string) => void = () => {}) {
    this.#announce = announce
  }

  /** Whether this address has guessed too often. `nowMs` is monotonic. */
  isReached(address: string, nowMs: number): boolean {
    this.#turn(nowMs)
    return (this.#guesses.get(networkOf(address)) ?? 0) >= guessesPerWindow
  }

  /** A wrong token came from this address. */
  note(address: string, nowMs: number): void {
    const network = networkOf(address)
    this.learn(network, nowMs)
    this.#announce(network)
  }

  /** Another process was sent a wrong token, from there. */
  learn(network: string, nowMs: number): void {
    this.#turn(nowMs)
    this.#guesses.set(network, (this.#guesses.get(network) ?? 0) + 1)
    if (this.#guesses.size <= addressesMax) return
    const [oldest] = this.#guesses.keys()
    if (oldest !== undefined) this.#guesses.delete(oldest)
  }

  #turn(nowMs: number): void {
    const window = Math.floor(nowMs / windowMs)
    if (window === this.#window) return
    this.#window = window
    this.#guesses = new Map()
  }
}
