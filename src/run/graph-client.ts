import { Agent, fetch } from 'undici'

export type Json = Record<string, unknown>

/** A small client of the management API: the demo sets itself up like anybody else would. */
export class GraphClient {
  readonly #base: string
  readonly #token: string
  readonly #dispatcher: Agent

  constructor(base: string, token: string, ca: string) {
    this.#base = base
    this.#token = token
    this.#dispatcher = new Agent({ connect: { ca } })
  }

  /** The parsed answer, or undefined for 204. Rejects with the API's own words. */
  async call(method: string, path: string, body?: Json): Promise<Json | undefined> {
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        'x-change-reason': 'demo',
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      body: body ? JSON.stringify(body) : null,
      dispatcher: this.#dispatcher,
    })
    if (response.status === 204) return undefined
    const answer = (await response.json()) as Json
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer['error'])}`)
    return answer
  }

  async close(): Promise<void> {
    await this.#dispatcher.close()
  }
}
