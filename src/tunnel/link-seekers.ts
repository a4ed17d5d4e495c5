interface Seeker<Link> {
  choose(): Link | undefined
  tell(link?: Link): void
  readonly timer: NodeJS.Timeout
}

/** Requests that wait for a link, because theirs was lost and there is no other. */
export class LinkSeekers<Link> {
  readonly #waitMs: number
  readonly #seekers = new Set<Seeker<Link>>()
  #closed = false

  constructor(waitMs: number) {
    this.#waitMs = waitMs
  }

  /** `tell` is called once: with what `choose` has found, else with nothing. Returns how to wait no longer. */
  add(choose: () => Link | undefined, tell: (link?: Link) => void): () => void {
    const timer = setTimeout(() => this.#tell(seeker), this.#closed ? 0 : this.#waitMs)
    const seeker: Seeker<Link> = { choose, tell, timer }
    this.#seekers.add(seeker)
    return () => this.#forget(seeker)
  }

  /** Links have come. */
  look(): void {
    for (const seeker of [...this.#seekers]) {
      const link = seeker.choose()
      if (link) this.#tell(seeker, link)
    }
  }

  /** None will come any more. */
  close(): void {
    this.#closed = true
    for (const seeker of [...this.#seekers]) this.#tell(seeker)
  }

  #tell(seeker: Seeker<Link>, link?: Link): void {
    this.#forget(seeker)
    seeker.tell(link)
  }

  #forget(seeker: Seeker<Link>): void {
    clearTimeout(seeker.timer)
    this.#seekers.delete(seeker)
  }
}
