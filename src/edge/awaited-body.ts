/** As long as the libraries of clients wait before they send all the same; some applications never say a word. */
const patienceMs = 1_000

/** A body of which its client asked whether it is wanted: it begins at the application's word, or after a while. [F1] */
export class AwaitedBody {
  readonly #timer: NodeJS.Timeout
  #begin: (() => void) | undefined

  constructor(begin: () => void) {
    this.#begin = begin
    this.#timer = setTimeout(() => this.begin(), patienceMs)
  }

  begin(): void {
    clearTimeout(this.#timer)
    const begin = this.#begin
    this.#begin = undefined
    begin?.()
  }

  /** It is not wanted. */
  forget(): void {
    clearTimeout(this.#timer)
    this.#begin = undefined
  }
}
