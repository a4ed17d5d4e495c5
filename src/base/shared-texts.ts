// Names of hosts, applications and ways to sign in: far fewer than this. When full it begins anew, which costs memory only.
const textsMax = 10_000

/** Keeps one copy of each text that many things have in common. */
export class SharedTexts {
  readonly #texts = new Map<string, string>()

  /** An equal text; the one that was given first. */
  share(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    if (this.#texts.size >= textsMax) this.#texts.clear()
    this.#texts.set(text, text)
    return text
  }
}
