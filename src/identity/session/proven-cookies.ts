// A person with more hosts than this costs an HMAC now and then.
const othersMax = 256

/** The cookie values of one session that were found to be right, by host name. Most people come to one host. */
export class ProvenCookies {
  #host: string | undefined
  #value: string | undefined
  #others: Map<string, string> | undefined

  has(host: string, value: string): boolean {
    return host === this.#host ? value === this.#value : this.#others?.get(host) === value
  }

  add(host: string, value: string): void {
    if (this.#host === undefined || this.#host === host) {
      this.#host = host
      this.#value = value
      return
    }
    this.#others ??= new Map()
    if (this.#others.size >= othersMax) this.#others.clear()
    this.#others.set(host, value)
  }
}
